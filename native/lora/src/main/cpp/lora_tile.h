#pragma once

// Products of matrices that are too small for oneDNN, whose call costs more than they do: a tile of six rows and a vector of columns is added up in
// registers, which fits into the sixteen of AVX2 and the thirty-two of AVX-512.

#include <cstdint>

#include "lora_simd.h"

namespace graft {

// a(i, k) = data[i * row + k * step]
struct Strided {
    const float * data;
    int64_t row, step;

    const float * from(int64_t i) const { return data + i * row; }
};

struct Extent {
    int64_t rows, columns, depth;
};

template <int kRows>
GRAFT_INLINE void product_tile(const Strided & a, const float * b, int64_t b_row, int64_t depth, bool add, float * c, int64_t c_row) {
    Lanes sum[kRows];
    for (int i = 0; i < kRows; i++) {
        sum[i] = add ? *lanes_at(c + i * c_row) : Lanes{};
    }
    for (int64_t k = 0; k < depth; k++) {
        const Lanes row = *lanes_at(b + k * b_row);
        for (int i = 0; i < kRows; i++) {
            sum[i] += a.data[i * a.row + k * a.step] * row;
        }
    }
    for (int i = 0; i < kRows; i++) {
        *lanes_at(c + i * c_row) = sum[i];
    }
}

// Columns that do not fill a vector.
GRAFT_INLINE void product_rest(const Strided & a, const float * b, int64_t b_row, const Extent & extent, int64_t column, bool add, float * c,
                               int64_t c_row) {
    for (int64_t i = 0; i < extent.rows; i++) {
        for (int64_t j = column; j < extent.columns; j++) {
            float sum = add ? c[i * c_row + j] : 0.0f;
            for (int64_t k = 0; k < extent.depth; k++) {
                sum += a.data[i * a.row + k * a.step] * b[k * b_row + j];
            }
            c[i * c_row + j] = sum;
        }
    }
}

// c[rows][columns] (+)= a [rows][depth] b [depth][columns]; a depth of 0 gives 0.
GRAFT_INLINE void product(const Strided & a, const float * b, int64_t b_row, const Extent & extent, bool add, float * c, int64_t c_row) {
    int64_t column = 0;
    for (; column + kLanes <= extent.columns; column += kLanes) {
        int64_t i = 0;
        for (; i + 6 <= extent.rows; i += 6) {
            product_tile<6>({a.from(i), a.row, a.step}, b + column, b_row, extent.depth, add, c + i * c_row + column, c_row);
        }
        for (; i + 3 <= extent.rows; i += 3) {
            product_tile<3>({a.from(i), a.row, a.step}, b + column, b_row, extent.depth, add, c + i * c_row + column, c_row);
        }
        for (; i < extent.rows; i++) {
            product_tile<1>({a.from(i), a.row, a.step}, b + column, b_row, extent.depth, add, c + i * c_row + column, c_row);
        }
    }
    product_rest(a, b, b_row, extent, column, add, c, c_row);
}

}  // namespace graft
