// Rotary positions (Su et al. 2021, arXiv:2104.09864): x [rows][heads][width], in place. Pair i of a head at position p is turned by the angle
// p f_i, f_i = base^(-2i/width), divided by Llama-3's factor where the model has some: both are in the table, so that this file knows neither.
//
//   (a, b) -> (a cos - b sin, a sin + b cos);  backward: by the negative angle
//
// Layouts: llama.cpp's NORM, which GGUF files of the architecture llama use (their rows of Q and K are permuted for it), pairs (2i, 2i+1);
// NEOX, as Hugging Face lays them out, pairs (i, i + width/2).
#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {

GRAFT_KERNEL(void, turn, (float * head, int64_t width, const float * table, bool halves, float sign), (head, width, table, halves, sign)) {
    const int64_t pairs = width / 2;
    const int64_t step = halves ? 1 : 2;
    const int64_t partner = halves ? pairs : 1;
#pragma omp simd
    for (int64_t i = 0; i < pairs; i++) {
        const float cosine = table[2 * i];
        const float sine = sign * table[2 * i + 1];
        const float a = head[i * step];
        const float b = head[i * step + partner];
        head[i * step] = a * cosine - b * sine;
        head[i * step + partner] = a * sine + b * cosine;
    }
}

}  // namespace

int graft_rope(graft_pool * pool, float * x, int64_t rows, int64_t heads, int64_t width, const int32_t * position, const float * table,
               int64_t positions, int layout, int backward) {
    return graft::at_border([&] {
        graft::require_there(pool, x, position, table);
        graft::require_sizes(rows, heads, width);
        graft::require(width % 2 == 0 && (layout == 0 || layout == 1), "heads have an even width, layouts are 0 and 1");
        for (int64_t row = 0; row < rows; row++) {
            graft::require(position[row] >= 0 && position[row] < positions, "a position outside the table");
        }
        pool->split(rows, 1, [&](int, int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++) {
                for (int64_t head = 0; head < heads; head++) {
                    turn(x + (row * heads + head) * width, width, table + position[row] * width, layout == 1, backward != 0 ? -1.0f : 1.0f);
                }
            }
        });
    });
}
