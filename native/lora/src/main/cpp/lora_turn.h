#pragma once

// Sixteen vectors of sixteen words, turned around in registers: in four rounds (s = 8, 4, 2, 1) vectors i and i + s exchange the words whose column
// has bit s in the one and has it not in the other.

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

}  // namespace graft
