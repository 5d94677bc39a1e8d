// Products of matrices through oneDNN's matmul primitive, which picks AMX, AVX-512 or AVX2 by itself. To make a primitive takes a third of a
// millisecond (it compiles), to run one a few microseconds beside its arithmetic; so they are kept by shape, until there are too many. Each call
// computes on the thread that makes it: the pool shares out work, since OpenMP's threads would spin.
#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "graft_lora.h"
#include "lora_gemm.h"
#include "oneapi/dnnl/dnnl.hpp"
#include "oneapi/dnnl/dnnl_debug.h"

namespace {

using dnnl::memory;
constexpr size_t kMostPrimitives = 1024;  // of about 0.1 MB each

struct Shape {
    std::array<int64_t, 11> numbers;
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
    graft::BlockedSide right;
};

// Where the right side lies in memory as it is, or where oneDNN may choose.
enum class Right { kPlain, kBlocked };

dnnl::engine & engine() {
    static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

memory::desc described(int64_t rows, int64_t columns, memory::data_type type, int64_t stride, bool transposed) {
    return memory::desc({rows, columns}, type, transposed ? memory::dims{1, stride} : memory::dims{stride, 1});
}

struct Call {
    bool half, add;
    graft::Operand a, b;
    Right right;
    int64_t m, n, k, c_stride;

    Shape shape() const { return {{half, a.stride, a.transposed, b.stride, b.transposed, right == Right::kBlocked, m, n, k, add, c_stride}}; }
};

graft::BlockedSide blocked(const memory::desc & b, int64_t n, int64_t k) {
    const memory::dims blocks = b.get_inner_blks();
    const bool by_twos = b.get_inner_idxs() == memory::dims{0, 1, 0} && blocks[0] * 2 == graft::BlockedSide::kRows && blocks[2] == 2;
    if (!by_twos || blocks[1] % 16 != 0 || k % graft::BlockedSide::kRows != 0 || n % blocks[1] != 0) {
        return {0, 0, 0};
    }
    return {blocks[1], b.get_strides()[0], b.get_strides()[1]};
}

std::shared_ptr<Product> make(const Call & call) {
    const auto type = call.half ? memory::data_type::bf16 : memory::data_type::f32;
    auto product = std::make_shared<Product>();
    product->a = described(call.m, call.k, type, call.a.stride, call.a.transposed);
    product->b = call.right == Right::kBlocked ? memory::desc({call.k, call.n}, type, memory::format_tag::any)
                                               : described(call.k, call.n, type, call.b.stride, call.b.transposed);
    product->c = described(call.m, call.n, memory::data_type::f32, call.c_stride, false);
    dnnl::primitive_attr attributes;
    if (call.add) {
        dnnl::post_ops sum;
        sum.append_sum(1.0f);
        attributes.set_post_ops(sum);
    }
    const dnnl::matmul::primitive_desc chosen(engine(), product->a, product->b, product->c, attributes);
    product->b = chosen.weights_desc();
    product->right = call.right == Right::kBlocked ? blocked(product->b, call.n, call.k) : graft::BlockedSide{0, 0, 0};
    product->primitive = dnnl::matmul(chosen);
    return product;
}

// A thread's own: nobody waits for another's primitive to be made.
std::shared_ptr<Product> kept(const Call & call) {
    static thread_local std::unordered_map<Shape, std::shared_ptr<Product>, ShapeHash> products;
    const Shape shape = call.shape();
    const auto found = products.find(shape);
    if (found != products.end()) {
        return found->second;
    }
    if (products.size() >= kMostPrimitives) {
        products.clear();
    }
    return products.emplace(shape, make(call)).first->second;
}

void compute(const Call & call, float * c) {
    static thread_local dnnl::stream stream(engine());
    const std::shared_ptr<Product> product = kept(call);
    memory from_a(product->a, engine(), const_cast<void *>(call.a.data));
    memory from_b(product->b, engine(), const_cast<void *>(call.b.data));
    memory to(product->c, engine(), c);
    product->primitive.execute(stream, {{DNNL_ARG_SRC, from_a}, {DNNL_ARG_WEIGHTS, from_b}, {DNNL_ARG_DST, to}});
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
    compute({half, add, a, b, Right::kPlain, m, n, k, c_stride}, c);
}

BlockedSide blocked_side(Operand a, int64_t m, int64_t n, int64_t k, bool add, int64_t c_stride) {
    return kept({true, add, a, {nullptr, 0, false}, Right::kBlocked, m, n, k, c_stride})->right;
}

void gemm_blocked(Operand a, const void * b, int64_t m, int64_t n, int64_t k, bool add, float * c, int64_t c_stride) {
    compute({true, add, a, {b, 0, false}, Right::kBlocked, m, n, k, c_stride}, c);
}

}  // namespace graft

int graft_has_bf16(void) { return __builtin_cpu_supports("avx512bf16") ? 1 : 0; }

const char * graft_product_isa(void) { return dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa()); }
