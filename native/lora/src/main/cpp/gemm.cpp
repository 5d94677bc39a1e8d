// Products of matrices through oneDNN's matmul primitive, which picks AMX, AVX-512 or AVX2 by itself. To make a primitive takes a third of a
// millisecond (it compiles), to run one a few microseconds beside its arithmetic; so they are kept by shape, until there are too many. Each call
// computes on the thread that makes it: the pool shares out work, since OpenMP's threads would spin.
#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_gemm.h"
#include "oneapi/dnnl/dnnl.hpp"
#include "oneapi/dnnl/dnnl_debug.h"

namespace {

using dnnl::memory;
constexpr size_t kMostPrimitives = 1024;  // of about 0.1 MB each

struct Shape {
    std::array<int64_t, 10> numbers;
    bool operator==(const Shape & other) const { return numbers == other.numbers; }
};

struct ShapeHash {
    size_t operator()(const Shape & shape) const {
        uint64_t hash = 1469598103934665603u;
        for (int64_t number : shape.numbers) {
            hash = (hash ^ static_cast<uint64_t>(number)) * 1099511628211u;
        }
        return static_cast<size_t>(hash);
    }
};

struct Product {
    memory::desc a, b, c;
    dnnl::matmul primitive;
};

dnnl::engine & engine() {
    static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

memory::desc described(int64_t rows, int64_t columns, memory::data_type type, int64_t stride, bool transposed) {
    return memory::desc({rows, columns}, type, transposed ? memory::dims{1, stride} : memory::dims{stride, 1});
}

std::shared_ptr<Product> make(bool half, const graft::Operand & a, const graft::Operand & b, int64_t m, int64_t n, int64_t k, bool add,
                              int64_t c_stride) {
    const auto type = half ? memory::data_type::bf16 : memory::data_type::f32;
    auto product = std::make_shared<Product>();
    product->a = described(m, k, type, a.stride, a.transposed);
    product->b = described(k, n, type, b.stride, b.transposed);
    product->c = described(m, n, memory::data_type::f32, c_stride, false);
    dnnl::primitive_attr attributes;
    if (add) {
        dnnl::post_ops sum;
        sum.append_sum(1.0f);
        attributes.set_post_ops(sum);
    }
    product->primitive = dnnl::matmul(dnnl::matmul::primitive_desc(engine(), product->a, product->b, product->c, attributes));
    return product;
}

// A thread's own: nobody waits for another's primitive to be made.
std::shared_ptr<Product> kept(bool half, const graft::Operand & a, const graft::Operand & b, int64_t m, int64_t n, int64_t k, bool add,
                              int64_t c_stride) {
    static thread_local std::unordered_map<Shape, std::shared_ptr<Product>, ShapeHash> products;
    const Shape shape{{half, a.stride, a.transposed, b.stride, b.transposed, m, n, k, add, c_stride}};
    const auto found = products.find(shape);
    if (found != products.end()) {
        return found->second;
    }
    if (products.size() >= kMostPrimitives) {
        products.clear();
    }
    return products.emplace(shape, make(half, a, b, m, n, k, add, c_stride)).first->second;
}

}  // namespace

namespace graft {

namespace {

// oneDNN takes a lone column for a dense one, whatever stride its description has: it is computed apart.
void lone_column(bool half, Operand a, Operand b, int64_t m, int64_t k, bool add, float * c, int64_t c_stride) {
    std::vector<float> column(static_cast<size_t>(m));
    for (int64_t row = 0; row < m; row++) {
        column[static_cast<size_t>(row)] = c[row * c_stride];
    }
    gemm(half, a, b, m, 1, k, add, column.data(), 1);
    for (int64_t row = 0; row < m; row++) {
        c[row * c_stride] = column[static_cast<size_t>(row)];
    }
}

}  // namespace

void gemm(bool half, Operand a, Operand b, int64_t m, int64_t n, int64_t k, bool add, float * c, int64_t c_stride) {
    if (n == 1 && c_stride != 1) {
        lone_column(half, a, b, m, k, add, c, c_stride);
        return;
    }
    static thread_local dnnl::stream stream(engine());
    const std::shared_ptr<Product> product = kept(half, a, b, m, n, k, add, c_stride);
    memory from_a(product->a, engine(), const_cast<void *>(a.data));
    memory from_b(product->b, engine(), const_cast<void *>(b.data));
    memory to(product->c, engine(), c);
    product->primitive.execute(stream, {{DNNL_ARG_SRC, from_a}, {DNNL_ARG_WEIGHTS, from_b}, {DNNL_ARG_DST, to}});
}

}  // namespace graft

int graft_has_bf16(void) { return __builtin_cpu_supports("avx512bf16") ? 1 : 0; }

const char * graft_product_isa(void) { return dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa()); }

int graft_product(graft_pool * pool, const float * a, int a_transposed, const float * b, int b_transposed, int64_t m, int64_t n, int64_t k, int add,
                  float * c) {
    return graft::at_border([&] {
        graft::require_there(pool, a, b, c);
        graft::require_sizes(m, k);
        graft::require_sizes(k, n);
        graft::require_sizes(m, n);
        const int64_t a_stride = a_transposed != 0 ? m : k;
        const int64_t b_stride = b_transposed != 0 ? k : n;
        constexpr int64_t kGrain = 16;
        if (m >= n) {
            pool->split(m, kGrain, [&](int, int64_t begin, int64_t end) {
                const graft::Operand rows{a + begin * (a_transposed != 0 ? 1 : k), a_stride, a_transposed != 0};
                graft::gemm(false, rows, {b, b_stride, b_transposed != 0}, end - begin, n, k, add != 0, c + begin * n, n);
            });
        } else {
            pool->split(n, kGrain, [&](int, int64_t begin, int64_t end) {
                const graft::Operand columns{b + begin * (b_transposed != 0 ? k : 1), b_stride, b_transposed != 0};
                graft::gemm(false, {a, a_stride, a_transposed != 0}, columns, m, end - begin, k, add != 0, c + begin, n);
            });
        }
    });
}
