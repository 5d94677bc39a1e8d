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
#include "lora_amx.h"
#include "lora_border.h"
#include "lora_dequantize.h"
#include "lora_gemm.h"
#include "lora_simd.h"
#include "lora_weight.h"

namespace {

constexpr int64_t kTokens = 128;  // of a tile
constexpr int kTileSlot = 0;
constexpr int kRowsSlot = 1;
constexpr int kPartSlot = 2;
constexpr int kLogitSlot = 3;

struct Head {
    const float * x;
    int64_t rows;
    graft::Weight w;
    bool half, gradient, tiled;

    int64_t width() const { return w.inputs; }
    // The output layer of some tokens.
    graft::Weight tokens(int64_t first, int64_t count) const { return {w.type, w.at(first, 0), count, w.inputs, w.form}; }
};

// A thread's part: m [rows], z [rows], g [rows][width]
struct Part {
    float *m, *z, *g;
};

Part part_of(graft_pool & pool, int thread, const Head & head) {
    float * memory = pool.scratch(thread, kPartSlot, head.rows * (2 + (head.gradient ? head.width() : 0)));
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

// l [rows][tokens], and what add_gradient needs of the tile.
void logits(graft_pool & pool, int thread, const Head & head, const void * left, const graft::Weight & tokens, float * l) {
    const int64_t count = tokens.outputs, width = head.width();
    if (head.tiled) {
        graft::outputs_in_tiles(pool, thread, tokens, static_cast<const uint16_t *>(left), head.rows, 0, count, false, l);
        return;
    }
    float * tile = pool.scratch(thread, kTileSlot, kTokens * width);
    if (head.half) {
        graft::dequantize_half(tokens.type, tokens.data, count * width, reinterpret_cast<uint16_t *>(tile));
    } else {
        graft::dequantize(tokens.type, tokens.data, count * width, tile);
    }
    graft::gemm(head.half, {left, width, false}, {tile, width, true}, head.rows, count, width, false, l, count);
}

// g += p W; rounded: memory for p in bf16, in whole tiles
void add_gradient(graft_pool & pool, int thread, const Head & head, const graft::Weight & tokens, const float * p, uint16_t * rounded, float * g) {
    const int64_t count = tokens.outputs, width = head.width();
    if (head.tiled) {
        graft::left_tiles(p, count, head.rows, count, rounded);
        graft::inputs_in_tiles(pool, thread, tokens, rounded, head.rows, 0, width, true, g);
        return;
    }
    if (head.half) {
        graft::to_half(p, head.rows * count, rounded);
    }
    const void * left = head.half ? static_cast<const void *>(rounded) : p;
    graft::gemm(head.half, {left, count, false}, {pool.scratch(thread, kTileSlot, kTokens * width), width, false}, head.rows, width, count, true, g,
                width);
}

void tiles(graft_pool & pool, int thread, const Head & head, const void * left, int64_t begin, int64_t end, const int32_t * targets,
           float * at_target) {
    const Part part = part_of(pool, thread, head);
    const int64_t gradients = head.gradient ? head.width() : 0;
    std::fill(part.m, part.m + head.rows, -1e30f);
    std::fill(part.z, part.z + head.rows * (1 + gradients), 0.0f);
    float * l = pool.scratch(thread, kLogitSlot, (head.rows + graft::whole_tiles(head.rows)) * kTokens);
    auto * rounded = reinterpret_cast<uint16_t *>(l + head.rows * kTokens);
    for (int64_t first = begin; first < end; first += kTokens) {
        const graft::Weight tokens = head.tokens(first, std::min(kTokens, end - first));
        const int64_t count = tokens.outputs;
        logits(pool, thread, head, left, tokens, l);
        for (int64_t row = 0; row < head.rows; row++) {
            if (targets[row] >= first && targets[row] < first + count) {
                at_target[row] = l[row * count + targets[row] - first];
            }
            fold(l + row * count, count, part.m + row, part.z + row, part.g + row * gradients, gradients);
        }
        if (head.gradient) {
            add_gradient(pool, thread, head, tokens, l, rounded, part.g);
        }
    }
}

// x in the form that a product reads.
const void * left_side(graft_pool & pool, const Head & head) {
    if (head.tiled) {
        return graft::tiled_left(pool, head.x, head.rows, head.width());
    }
    if (!head.half) {
        return head.x;
    }
    auto * rounded = reinterpret_cast<uint16_t *>(pool.scratch(0, kRowsSlot, (head.rows * head.width() + 1) / 2));
    graft::to_half(head.x, head.rows * head.width(), rounded);
    return rounded;
}

// log(sum e^l) of one row over all parts, and its gradient.
void join(graft_pool & pool, int parts, const Head & head, int64_t row, int32_t target, float scale, float * log_p, float * dx) {
    const int64_t width = head.width();
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
        scale_into(scale * share, part.g + row * width, width, thread == 0, dx + row * width);
    }
    float * target_row = pool.scratch(0, kTileSlot, width);
    graft::dequantize(head.w.type, head.w.at(target, 0), width, target_row);
    scale_into(-scale, target_row, width, false, dx + row * width);
}

}  // namespace

int graft_cross_entropy(graft_pool * pool, int half, const float * x, int64_t rows, int64_t width, int type, const void * w, int64_t vocabulary,
                        const int32_t * targets, float scale, float * log_p, float * dx) {
    return graft::at_border([&] {
        graft::require_there(pool, x, w, targets, log_p);
        graft::require_sizes(rows, width);
        graft::require_sizes(vocabulary, width);
        const graft::Weight weight{type, static_cast<const uint8_t *>(w), vocabulary, width, graft::block_form(type)};
        graft::require(width % weight.form.elements == 0, "a row of a weight that ends within a block");
        for (int64_t row = 0; row < rows; row++) {
            graft::require(targets[row] >= 0 && targets[row] < vocabulary, "a target outside the vocabulary");
        }
        const bool tiled = half != 0 && graft::has_amx() && width % graft::kTileDepth == 0 && vocabulary % graft::kTileDepth == 0;
        const Head head{x, rows, weight, half != 0, dx != nullptr, tiled};
        const void * left = left_side(*pool, head);
        const int64_t all = (vocabulary + kTokens - 1) / kTokens;
        const int parts = static_cast<int>(std::min<int64_t>(pool->threads(), all));
        pool->split(vocabulary, kTokens,
                    [&](int thread, int64_t begin, int64_t end) { tiles(*pool, thread, head, left, begin, end, targets, log_p); });
        for (int64_t row = 0; row < rows; row++) {
            join(*pool, parts, head, row, targets[row], scale, log_p, dx);
        }
    });
}
