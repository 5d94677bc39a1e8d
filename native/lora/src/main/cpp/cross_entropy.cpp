// Cross-entropy under the output layer, in one pass over the vocabulary, a tile at a time: x [rows][width], W [vocabulary][width], targets [rows].
//
//   l = x W^T      log_p_i = l_(i,t) - log sum_v e^(l_iv)      dx_i = scale (sum_v p_iv W_v - W_t)      of the loss -scale sum_i log_p_i
//
// Neither l nor p is ever held for all of the vocabulary: as in the online softmax (Milakov and Gimelshein 2018), each thread keeps for each row the
// highest logit m of its tiles, z = sum e^(l - m) and g = sum e^(l - m) W_v, scaled down when a higher logit comes. At the end the threads'
// parts are put together in their order. So a tile of W is expanded once for loss and gradient together.
#include <algorithm>
#include <cmath>
#include <limits>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_dequantize.h"
#include "lora_gemm.h"
#include "lora_simd.h"

namespace {

constexpr int64_t kTile = 128;  // tokens
constexpr int kTileSlot = 0;
constexpr int kRowsSlot = 1;
constexpr int kPartSlot = 2;
constexpr int kLogitSlot = 3;

struct Head {
    const float * x;
    int64_t rows, width;
    int type;
    const uint8_t * w;
    int64_t vocabulary;
    graft::BlockForm form;
    bool half, gradient;

    int64_t row_bytes() const { return width / form.elements * form.bytes; }
};

// A thread's part: m [rows], z [rows], g [rows][width]
struct Part {
    float *m, *z, *g;
};

Part part_of(graft_pool & pool, int thread, const Head & head) {
    float * memory = pool.scratch(thread, kPartSlot, head.rows * (2 + (head.gradient ? head.width : 0)));
    return {memory, memory + head.rows, memory + 2 * head.rows};
}

// Logits of a tile become e^(l - m), with m raised where a logit is higher, and z and g scaled to it.
GRAFT_KERNEL(void, fold, (float * l, int64_t count, float * m, float * z, float * g, int64_t width), (l, count, m, z, g, width)) {
    float highest = *m;
#pragma omp simd reduction(max : highest)
    for (int64_t i = 0; i < count; i++) {
        highest = highest > l[i] ? highest : l[i];
    }
    if (highest > *m) {
        const float shrink = graft::exp_of(*m - highest);
        *z *= shrink;
#pragma omp simd
        for (int64_t i = 0; i < width; i++) {
            g[i] *= shrink;
        }
        *m = highest;
    }
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < count; i++) {
        l[i] = graft::exp_of(l[i] - highest);
        sum += l[i];
    }
    *z += sum;
}

GRAFT_KERNEL(void, scale_into, (float by, const float * g, int64_t width, bool first, float * dx), (by, g, width, first, dx)) {
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
        dx[i] = (first ? 0.0f : dx[i]) + by * g[i];
    }
}

void tiles(graft_pool & pool, int thread, const Head & head, const void * left, int64_t begin, int64_t end, const int32_t * targets,
           float * at_target) {
    const Part part = part_of(pool, thread, head);
    std::fill(part.m, part.m + head.rows, -1e30f);
    std::fill(part.z, part.z + head.rows * (1 + (head.gradient ? head.width : 0)), 0.0f);
    float * l = pool.scratch(thread, kLogitSlot, head.rows * kTile * 2);
    auto * rounded = reinterpret_cast<uint16_t *>(l + head.rows * kTile);
    for (int64_t first = begin; first < end; first += kTile) {
        const int64_t count = std::min(kTile, end - first);
        float * tile = pool.scratch(thread, kTileSlot, kTile * head.width);
        if (head.half) {
            graft::dequantize_half(head.type, head.w + first * head.row_bytes(), count * head.width, reinterpret_cast<uint16_t *>(tile));
        } else {
            graft::dequantize(head.type, head.w + first * head.row_bytes(), count * head.width, tile);
        }
        graft::gemm(head.half, {left, head.width, false}, {tile, head.width, true}, head.rows, count, head.width, false, l, count);
        for (int64_t row = 0; row < head.rows; row++) {
            if (targets[row] >= first && targets[row] < first + count) {
                at_target[row] = l[row * count + targets[row] - first];
            }
            fold(l + row * count, count, part.m + row, part.z + row, part.g + row * head.width, head.gradient ? head.width : 0);
        }
        if (head.gradient) {
            const void * p = l;
            if (head.half) {
                graft::to_half(l, head.rows * count, rounded);
                p = rounded;
            }
            graft::gemm(head.half, {p, count, false}, {tile, head.width, false}, head.rows, head.width, count, true, part.g, head.width);
        }
    }
}

// log(sum e^l) of one row over all parts, and its gradient.
void join(graft_pool & pool, int parts, const Head & head, int64_t row, int32_t target, float scale, float * log_p, float * dx) {
    float highest = -std::numeric_limits<float>::infinity();
    for (int thread = 0; thread < parts; thread++) {
        highest = std::max(highest, part_of(pool, thread, head).m[row]);
    }
    double sum = 0;
    for (int thread = 0; thread < parts; thread++) {
        const Part part = part_of(pool, thread, head);
        sum += static_cast<double>(part.z[row]) * std::exp(static_cast<double>(part.m[row] - highest));
    }
    log_p[row] = static_cast<float>(static_cast<double>(log_p[row] - highest) - std::log(sum));
    if (!head.gradient) {
        return;
    }
    for (int thread = 0; thread < parts; thread++) {
        const Part part = part_of(pool, thread, head);
        const auto share = static_cast<float>(std::exp(static_cast<double>(part.m[row] - highest)) / sum);
        scale_into(scale * share, part.g + row * head.width, head.width, thread == 0, dx + row * head.width);
    }
    float * target_row = pool.scratch(0, kTileSlot, head.width);
    graft::dequantize(head.type, head.w + target * head.row_bytes(), head.width, target_row);
    scale_into(-scale, target_row, head.width, false, dx + row * head.width);
}

}  // namespace

int graft_cross_entropy(graft_pool * pool, int half, const float * x, int64_t rows, int64_t width, int type, const void * w, int64_t vocabulary,
                        const int32_t * targets, float scale, float * log_p, float * dx) {
    return graft::at_border([&] {
        graft::require_there(pool, x, w, targets, log_p);
        graft::require_sizes(rows, width);
        graft::require_sizes(vocabulary, width);
        const Head head{x, rows, width, type, static_cast<const uint8_t *>(w), vocabulary, graft::block_form(type), half != 0, dx != nullptr};
        graft::require(width % head.form.elements == 0, "a row of a weight that ends within a block");
        for (int64_t row = 0; row < rows; row++) {
            graft::require(targets[row] >= 0 && targets[row] < vocabulary, "a target outside the vocabulary");
        }
        const void * left = x;
        if (head.half) {
            auto * rounded = reinterpret_cast<uint16_t *>(pool->scratch(0, kRowsSlot, (rows * width + 1) / 2));
            graft::to_half(x, rows * width, rounded);
            left = rounded;
        }
        const int64_t all = (vocabulary + kTile - 1) / kTile;
        const int parts = static_cast<int>(std::min<int64_t>(pool->threads(), all));
        pool->split(vocabulary, kTile, [&](int thread, int64_t begin, int64_t end) { tiles(*pool, thread, head, left, begin, end, targets, log_p); });
        for (int64_t row = 0; row < rows; row++) {
            join(*pool, parts, head, row, targets[row], scale, log_p, dx);
        }
    });
}
