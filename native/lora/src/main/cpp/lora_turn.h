#pragma once

// Sixteen vectors of sixteen words, turned around in registers: in four rounds (s = 8, 4, 2, 1) vectors i and i + s exchange the words whose column
// has bit s in the one and has it not in the other.

#include <algorithm>
#include <cstdint>

#include "lora_simd.h"

namespace graft {

constexpr int kWords = 16;
typedef uint32_t Words __attribute__((vector_size(kWords * sizeof(uint32_t)), may_alias));

template <int kStep, typename Vector>
GRAFT_INLINE void exchange(Vector * row) {
    Words upper, lower;
    for (uint32_t column = 0; column < kWords; column++) {
        const bool has_bit = (column & kStep) != 0;
        upper[column] = has_bit ? kWords + column - kStep : column;
        lower[column] = has_bit ? kWords + column : column + kStep;
    }
    for (int i = 0; i < kWords; i++) {
        if ((i & kStep) == 0) {
            const Vector a = row[i], b = row[i + kStep];
            row[i] = __builtin_shuffle(a, b, upper);
            row[i + kStep] = __builtin_shuffle(a, b, lower);
        }
    }
}

template <typename Vector>
GRAFT_INLINE void turn_around(Vector * row) {
    exchange<8>(row);
    exchange<4>(row);
    exchange<2>(row);
    exchange<1>(row);
}

// Rows [count][stride] into columns [at, at + count) of turned[width][keys].
GRAFT_INLINE void turn_rows(const float * rows, int64_t stride, int64_t count, int64_t width, int64_t at, int64_t keys, float * turned) {
    const int64_t whole_width = count < kLanes ? 0 : width / kLanes * kLanes;
    for (int64_t d = 0; d < whole_width; d += kLanes) {
        for (int64_t j = 0; j < count; j += kLanes) {
            const int64_t first = std::min(j, count - kLanes);  // the last sixteen may overlap those before
            Lanes lanes[kWords];
            for (int64_t i = 0; i < kLanes; i++) {
                lanes[i] = *lanes_at(rows + (first + i) * stride + d);
            }
            turn_around(lanes);
            for (int64_t i = 0; i < kLanes; i++) {
                *lanes_at(turned + (d + i) * keys + at + first) = lanes[i];
            }
        }
    }
    for (int64_t d = whole_width; d < width; d++) {
        for (int64_t j = 0; j < count; j++) {
            turned[d * keys + at + j] = rows[j * stride + d];
        }
    }
}

}  // namespace graft
