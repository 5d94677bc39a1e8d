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

}  // namespace graft
