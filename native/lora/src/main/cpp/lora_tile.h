#pragma once

// Products of matrices that are too small for oneDNN, whose call costs more than they do. A tile is added up in registers: eight rows and two vectors
// of columns, or sixteen rows and one, in the thirty-two of AVX-512, six rows and one in the sixteen of AVX2, since a sum waits some cycles for the
// one before.

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

template <int kRows, int kVectors>
GRAFT_INLINE void product_tile(const Strided & a, const float * b, int64_t b_row, int64_t depth, bool add, float * c, int64_t c_row) {
    Lanes sum[kRows][kVectors];
    for (int i = 0; i < kRows; i++) {
        for (int v = 0; v < kVectors; v++) {
            sum[i][v] = add ? *lanes_at(c + i * c_row + v * kLanes) : Lanes{};
        }
    }
    for (int64_t k = 0; k < depth; k++) {
        Lanes row[kVectors];
        for (int v = 0; v < kVectors; v++) {
            row[v] = *lanes_at(b + k * b_row + v * kLanes);
        }
        for (int i = 0; i < kRows; i++) {
            for (int v = 0; v < kVectors; v++) {
                sum[i][v] += a.data[i * a.row + k * a.step] * row[v];
            }
        }
    }
    for (int i = 0; i < kRows; i++) {
        for (int v = 0; v < kVectors; v++) {
            *lanes_at(c + i * c_row + v * kLanes) = sum[i][v];
        }
    }
}

// Some vectors of columns, all rows: as many tiles of kRows as fit, and smaller ones for the rest.
template <int kRows, int kVectors>
GRAFT_INLINE void product_columns(const Strided & a, const float * b, int64_t b_row, const Extent & extent, int64_t from, bool add, float * c,
                                  int64_t c_row) {
    int64_t i = from;
    for (; i + kRows <= extent.rows; i += kRows) {
        product_tile<kRows, kVectors>({a.from(i), a.row, a.step}, b, b_row, extent.depth, add, c + i * c_row, c_row);
    }
    if constexpr (kRows > 1) {
        product_columns<kRows == 6 ? 4 : kRows / 2, kVectors>(a, b, b_row, extent, i, add, c, c_row);
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
    if (isa() == Isa::kAvx512) {
        for (; column + 2 * kLanes <= extent.columns; column += 2 * kLanes) {
            product_columns<8, 2>(a, b + column, b_row, extent, 0, add, c + column, c_row);
        }
        for (; column + kLanes <= extent.columns; column += kLanes) {
            product_columns<16, 1>(a, b + column, b_row, extent, 0, add, c + column, c_row);
        }
    }
    for (; column + kLanes <= extent.columns; column += kLanes) {
        product_columns<6, 1>(a, b + column, b_row, extent, 0, add, c + column, c_row);
    }
    product_rest(a, b, b_row, extent, column, add, c, c_row);
}

}  // namespace graft
