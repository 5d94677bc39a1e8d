// c [m][n] (+)= op(a) [m][k] op(b) [k][n] in single precision: the products of LoRA's pairs, of which one side is as narrow as the rank. oneDNN's
// kernels are made for broad ones and reach a third of the processor's arithmetic on these; so they are added up in registers here (lora_tile.h),
// from a right side that is turned around first where it lies the other way. Broad ones, and such as end within a vector, are oneDNN's.
#include <algorithm>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_gemm.h"
#include "lora_tile.h"
#include "lora_turn.h"

namespace {

constexpr int64_t kNarrow = 64;
constexpr int64_t kGrain = 16;
constexpr int kRightSlot = 0;

struct Side {
    const float * data;
    int64_t stride;
    bool transposed;

    const float * from_row(int64_t row) const { return data + row * (transposed ? 1 : stride); }
    const float * from_column(int64_t column) const { return data + column * (transposed ? stride : 1); }
    graft::Operand operand() const { return {data, stride, transposed}; }
};

GRAFT_KERNEL(void, turn, (const float * rows, int64_t count, int64_t width, float * turned), (rows, count, width, turned)) {
    graft::turn_rows(rows, width, count, width, 0, count, turned);
}

GRAFT_KERNEL(void, narrow, (const Side & a, const float * b, int64_t b_stride, const graft::Extent & extent, bool add, float * c, int64_t c_stride),
             (a, b, b_stride, extent, add, c, c_stride)) {
    const graft::Strided left = a.transposed ? graft::Strided{a.data, 1, a.stride} : graft::Strided{a.data, a.stride, 1};
    graft::product(left, b, b_stride, extent, add, c, c_stride);
}

void part(bool is_narrow, const Side & a, const Side & b, const graft::Extent & extent, bool add, float * c, int64_t c_stride) {
    if (is_narrow) {
        narrow(a, b.data, b.stride, extent, add, c, c_stride);
    } else {
        graft::gemm(false, a.operand(), b.operand(), extent.rows, extent.columns, extent.depth, add, c, c_stride);
    }
}

}  // namespace

int graft_product(graft_pool * pool, const float * a, int a_transposed, const float * b, int b_transposed, int64_t m, int64_t n, int64_t k, int add,
                  float * c) {
    return graft::at_border([&] {
        graft::require_there(pool, a, b, c);
        graft::require_sizes(m, k);
        graft::require_sizes(k, n);
        graft::require_sizes(m, n);
        const bool is_narrow = n % graft::kLanes == 0 && std::min({m, n, k}) <= kNarrow;
        const Side left{a, a_transposed != 0 ? m : k, a_transposed != 0};
        Side right{b, b_transposed != 0 ? k : n, b_transposed != 0};
        if (is_narrow && right.transposed) {
            float * turned = pool->scratch(0, kRightSlot, k * n);
            turn(b, n, k, turned);
            right = {turned, n, false};
        }
        if (m >= n) {
            pool->split(m, kGrain, [&](int, int64_t begin, int64_t end) {
                const Side rows{left.from_row(begin), left.stride, left.transposed};
                part(is_narrow, rows, right, {end - begin, n, k}, add != 0, c + begin * n, n);
            });
        } else {
            pool->split(n, kGrain, [&](int, int64_t begin, int64_t end) {
                const Side columns{right.from_column(begin), right.stride, right.transposed};
                part(is_narrow, left, columns, {m, end - begin, k}, add != 0, c + begin, n);
            });
        }
    });
}
