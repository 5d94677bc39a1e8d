#pragma once

#include <cstdint>

namespace graft {

// A matrix in memory, row-major: from one row to the next, or from one column to the next where it is read transposed, are `stride` elements.
struct Operand {
    const void * data;
    int64_t stride;
    bool transposed;
};

// c[m][n] (+)= op(a)[m][k] * op(b)[k][n] on the calling thread, by oneDNN, whose primitives are kept for each shape. half: a and b are bf16.
void gemm(bool half, Operand a, Operand b, int64_t m, int64_t n, int64_t k, bool add, float * c, int64_t c_stride);

// How oneDNN wants the right side [k][n] of a product in bf16: in blocks of 32 rows and some columns, in which a column's numbers lie together by
// twos. Any other order it would put into this one first, at each call.
struct BlockedSide {
    int64_t columns;       // of a block, a multiple of 16; 0: none of this kind, the product is `gemm`'s
    int64_t down, across;  // elements from one block to the one below, or beside it

    static constexpr int64_t kRows = 32;
    int64_t at(int64_t k, int64_t n) const {  // k even: the first of the two
        return k / kRows * down + n / columns * across + (k % kRows / 2 * columns + n % columns) * 2;
    }
};

BlockedSide blocked_side(Operand a, int64_t m, int64_t n, int64_t k, bool add, int64_t c_stride);

// The product whose right side is in that order.
void gemm_blocked(Operand a, const void * b, int64_t m, int64_t n, int64_t k, bool add, float * c, int64_t c_stride);

}  // namespace graft
