#pragma once

#include <cstdint>

#include "lora_gemm.h"

namespace graft {

// Sixteen rows [16][k] in bf16 become columns n to n + 15 of a blocked right side. k is a multiple of 32, n of 16.
void rows_as_columns(const uint16_t * rows, int64_t k, const BlockedSide & side, int64_t n, uint16_t * out);

// Two rows [2][n] in bf16 become rows k and k + 1 of it. n is a multiple of 16, k even.
void two_rows(const uint16_t * rows, int64_t n, const BlockedSide & side, int64_t k, uint16_t * out);

}  // namespace graft
