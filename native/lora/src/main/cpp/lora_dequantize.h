#pragma once

#include <cstdint>

namespace graft {

// How ggml stores numbers of one type: elements and bytes of a block. Throws for a type that has no kernel here.
struct BlockForm {
    int64_t elements;
    int64_t bytes;
};
BlockForm block_form(int type);

constexpr int kF32 = 0, kQ4_0 = 2, kQ4_1 = 3, kQ8_0 = 8, kBf16 = 30;

// out[count] = the numbers of whole blocks that begin at `in`
void dequantize(int type, const void * in, int64_t count, float * out);

// The same in bf16, rounded to nearest, ties to even.
void dequantize_half(int type, const void * in, int64_t count, uint16_t * out);
void to_half(const float * x, int64_t count, uint16_t * y);

}  // namespace graft
