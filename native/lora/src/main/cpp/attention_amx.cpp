// attention.cpp's formulas in bf16, on tiles that AMX multiplies: queries, keys, values, probabilities and the gradients of scores and of what comes
// out are rounded where they meet; softmax and all sums are in single precision. Keys and values lie in both orders of a right side: as
// columns (against queries) and as rows (against probabilities).
//
// A task is a segment's key head, with all heads that read it; and then a block of the prefix's rows, which adds up the segments in their order.
#include <algorithm>
#include <cstdint>

#include "lora_amx.h"
#include "lora_attention.h"

namespace {

using graft::kBlock;
using graft::kPair;
using graft::kTile;
using graft::kTileDepth;
using graft::kTileSide;
using graft::Runs;
using graft::TiledSide;
using Backward = graft::AttentionBackward;
using Inputs = graft::AttentionInputs;
using Sizes = graft::AttentionSizes;

static_assert(kBlock == kTileDepth, "a block of rows is the depth of one tile");
constexpr int kScratchSlot = 2;
constexpr int64_t kPrefixKeys = 64;

int64_t whole_pairs(int64_t count) { return (count + kPair - 1) / kPair * kPair; }

// A task's memory for so many keys.
struct Scratch {
    int64_t keys;                     // in whole pairs of tiles
    int64_t stride;                   // of p and ds, which are read in whole tiles from any column on
    float *p, *ds;                    // of a block of rows
    float *dk, *dv;                   // [keys][width], of this task's own, which stay in a cache and in whole tiles
    uint16_t *k_columns, *v_columns;  // [width][keys]
    uint16_t *k_rows, *v_rows;        // [keys][width]
    uint16_t *q, *dout;               // left sides [kBlock][width]
    uint16_t *q_rows, *dout_rows;     // right sides [kBlock][width]
    uint16_t *weights, *turned;       // left sides of p or ds: [kBlock][keys], [keys][kBlock]

    static Scratch of(graft_pool & pool, int thread, int64_t count, int64_t width) {
        const int64_t keys = whole_pairs(count), stride = keys + kTileSide, side = kBlock * width;
        const int64_t floats = 2 * kBlock * stride + 2 * keys * width;
        const int64_t halves = 4 * keys * width + 4 * side + kBlock * keys + kBlock * stride;
        Scratch s{keys, stride, pool.scratch(thread, kScratchSlot, floats + halves / 2)};
        s.ds = s.p + kBlock * stride;
        s.dk = s.ds + kBlock * stride;
        s.dv = s.dk + keys * width;
        s.k_columns = reinterpret_cast<uint16_t *>(s.dv + keys * width);
        s.v_columns = s.k_columns + keys * width;
        s.k_rows = s.v_columns + keys * width;
        s.v_rows = s.k_rows + keys * width;
        s.q = s.v_rows + keys * width;
        s.dout = s.q + side;
        s.q_rows = s.dout + side;
        s.dout_rows = s.q_rows + side;
        s.weights = s.dout_rows + side;
        s.turned = s.weights + kBlock * keys;
        return s;
    }
};

// What the rows of a segment see, of keys or of values.
Runs seen_by(const Sizes & s, int64_t segment, int64_t key_head, const float * x) {
    const int64_t prefix = s.seen(segment), own = s.starts[segment];
    return {x + s.kv(0, key_head), prefix, x + s.kv(own, key_head), prefix + s.starts[segment + 1] - own, s.kv_stride()};
}

Runs run(const float * x, int64_t count, int64_t stride) { return {x, count, x, count, stride}; }

void as_columns(const Runs & rows, int64_t keys, int64_t width, uint16_t * tiles) {
    for (int64_t key = 0; key < keys; key += kTileSide) {
        graft::rows_as_column(rows, key, width, tiles + key * width);
    }
}

void as_rows(const Runs & rows, int64_t keys, int64_t width, uint16_t * tiles) {
    for (int64_t key = 0; key < keys; key += kTileDepth) {
        graft::rows_as_row(rows, key, width, tiles + key * kTileSide, kTileSide * keys);
    }
}

// c [rows][columns] (+)= a [rows][depth] b, of whose columns of tiles each begins `next` elements behind the one before.
void product(const TiledSide & a, const uint16_t * b, int64_t next, int64_t rows, int64_t columns, int64_t depth, bool add, float * c,
             int64_t stride) {
    for (int64_t column = 0; column < columns; column += kPair) {
        graft::amx_product(a, {b + column / kTileSide * next, next}, rows, 2, depth, add, {c + column, stride, nullptr});
    }
}

// Rows [first, first + rows) times the first `seen` columns of keys or values.
void against_columns(const Sizes & s, const float * x, int64_t head, int64_t first, int64_t rows, const uint16_t * columns, int64_t seen,
                     uint16_t * left, float * out, int64_t stride) {
    graft::left_tiles(x + s.q(first, head), s.q_stride(), rows, s.width, left);
    product({left, kTileSide * s.width}, columns, kTileSide * s.width, graft::whole_tiles(rows), seen, s.width, false, out, stride);
}

// Rows' weights of the first `seen` keys, times these keys or their values.
void weighed(const Sizes & s, const float * weights, const Scratch & scratch, const uint16_t * right, int64_t rows, int64_t seen, float * out) {
    graft::left_tiles(weights, scratch.stride, rows, seen, scratch.weights);
    product({scratch.weights, kTileSide * seen}, right, kTileSide * scratch.keys, rows, s.width, seen, false, out, s.q_stride());
}

// Adds to `count` of the task's keys or values what the rows (as a right side) give them by their weights, which begin at weights.
void add_to_keys(const Sizes & s, const float * weights, const Scratch & scratch, const uint16_t * rows_of_block, int64_t rows, int64_t count,
                 float * out) {
    graft::columns_as_left(weights, scratch.stride, rows, count, scratch.turned);
    product({scratch.turned, kTile}, rows_of_block, kTile, graft::whole_tiles(count), s.width, kTileDepth, true, out, s.width);
}

void clear_keys(const Sizes & s, const Scratch & scratch) { std::fill(scratch.dk, scratch.dk + 2 * scratch.keys * s.width, 0.0f); }

// The task's keys and values, which begin at row `first`, to all others.
GRAFT_KERNEL(void, deliver_keys, (const Sizes & s, const Scratch & scratch, int64_t key_head, int64_t first, int64_t count, const Backward & back),
             (s, scratch, key_head, first, count, back)) {
    for (int64_t key = 0; key < count; key++) {
        graft::add_scaled(1.0f, scratch.dk + key * s.width, s.width, back.dk + s.kv(first + key, key_head));
        graft::add_scaled(1.0f, scratch.dv + key * s.width, s.width, back.dv + s.kv(first + key, key_head));
    }
}

// Row first + i sees `least` + i keys; up to `seen` all others have no weight.
GRAFT_KERNEL(void, softmax_rows, (const Sizes & s, float * p, int64_t stride, int64_t rows, int64_t least, int64_t seen, float * lse),
             (s, p, stride, rows, least, seen, lse)) {
    for (int64_t i = 0; i < rows; i++) {
        lse[i * s.heads] = graft::softmax(p + i * stride, least + i, seen, s.scale());
    }
}

// Likewise, or at most `all`.
GRAFT_KERNEL(void, gradient_rows,
             (const Sizes & s, const Backward & back, const Scratch & scratch, int64_t head, int64_t first, int64_t rows, int64_t least, int64_t all,
              int64_t seen),
             (s, back, scratch, head, first, rows, least, all, seen)) {
    for (int64_t i = 0; i < rows; i++) {
        const int64_t at = s.q(first + i, head), row = i * scratch.stride;
        graft::gradient_of_scores(scratch.p + row, scratch.ds + row, std::min(all, least + i), seen, s.scale(),
                                  back.lse[(first + i) * s.heads + head], graft::dot(back.dout + at, back.out + at, s.width));
    }
}

void forward(const Sizes & s, const Inputs & in, int64_t segment, int64_t key_head, const Scratch & scratch, float * out, float * lse) {
    const int64_t prefix = s.seen(segment), own = s.starts[segment], end = s.starts[segment + 1];
    as_columns(seen_by(s, segment, key_head, in.k), scratch.keys, s.width, scratch.k_columns);
    as_rows(seen_by(s, segment, key_head, in.v), scratch.keys, s.width, scratch.v_rows);
    for (int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); head++) {
        for (int64_t first = own; first < end; first += kBlock) {
            const int64_t rows = std::min(kBlock, end - first), least = prefix + first - own + 1, seen = whole_pairs(least + rows - 1);
            against_columns(s, in.q, head, first, rows, scratch.k_columns, seen, scratch.q, scratch.p, scratch.stride);
            softmax_rows(s, scratch.p, scratch.stride, rows, least, seen, lse + first * s.heads + head);
            weighed(s, scratch.p, scratch, scratch.v_rows, rows, seen, out + s.q(first, head));
        }
    }
}

// p and ds of a block of rows, and the block as right sides.
void scores(const Sizes & s, const Inputs & in, const Backward & back, const Scratch & scratch, int64_t head, int64_t first, int64_t rows,
            int64_t least, int64_t all, int64_t seen) {
    against_columns(s, in.q, head, first, rows, scratch.k_columns, seen, scratch.q, scratch.p, scratch.stride);
    against_columns(s, back.dout, head, first, rows, scratch.v_columns, seen, scratch.dout, scratch.ds, scratch.stride);
    gradient_rows(s, back, scratch, head, first, rows, least, all, seen);
    graft::rows_as_row(run(in.q + s.q(first, head), rows, s.q_stride()), 0, s.width, scratch.q_rows, kTile);
    graft::rows_as_row(run(back.dout + s.q(first, head), rows, s.q_stride()), 0, s.width, scratch.dout_rows, kTile);
}

void backward(const Sizes & s, const Inputs & in, int64_t segment, int64_t key_head, const Scratch & scratch, const Backward & back) {
    const int64_t prefix = s.seen(segment), own = s.starts[segment], end = s.starts[segment + 1];
    const Runs keys = seen_by(s, segment, key_head, in.k);
    as_columns(keys, scratch.keys, s.width, scratch.k_columns);
    as_columns(seen_by(s, segment, key_head, in.v), scratch.keys, s.width, scratch.v_columns);
    as_rows(keys, scratch.keys, s.width, scratch.k_rows);
    clear_keys(s, scratch);
    for (int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); head++) {
        for (int64_t first = own; first < end; first += kBlock) {
            const int64_t rows = std::min(kBlock, end - first), least = prefix + first - own + 1, all = least + rows - 1, seen = whole_pairs(all);
            scores(s, in, back, scratch, head, first, rows, least, all, seen);
            weighed(s, scratch.ds, scratch, scratch.k_rows, rows, seen, back.dq + s.q(first, head));
            add_to_keys(s, scratch.ds + prefix, scratch, scratch.q_rows, rows, all - prefix, scratch.dk);
            add_to_keys(s, scratch.p + prefix, scratch, scratch.dout_rows, rows, all - prefix, scratch.dv);
        }
    }
    deliver_keys(s, scratch, key_head, own, end - own, back);
}

// What rows [from, from + count) of the prefix get from all segments.
void backward_prefix(const Sizes & s, const Inputs & in, int64_t from, int64_t count, int64_t key_head, const Scratch & scratch,
                     const Backward & back) {
    as_columns(run(in.k + s.kv(from, key_head), count, s.kv_stride()), scratch.keys, s.width, scratch.k_columns);
    as_columns(run(in.v + s.kv(from, key_head), count, s.kv_stride()), scratch.keys, s.width, scratch.v_columns);
    clear_keys(s, scratch);
    for (int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); head++) {
        for (int64_t first = s.prefix; first < s.rows(); first += kBlock) {
            const int64_t rows = std::min(kBlock, s.rows() - first);
            scores(s, in, back, scratch, head, first, rows, count, count, scratch.keys);
            add_to_keys(s, scratch.ds, scratch, scratch.q_rows, rows, count, scratch.dk);
            add_to_keys(s, scratch.p, scratch, scratch.dout_rows, rows, count, scratch.dv);
        }
    }
    deliver_keys(s, scratch, key_head, from, count, back);
}

bool in_tiles(const Sizes & s) { return graft::has_amx() && s.width % kTileDepth == 0; }

}  // namespace

namespace graft {

bool attention_in_tiles(graft_pool & pool, const AttentionSizes & s, const AttentionInputs & in, float * out, float * lse) {
    if (!in_tiles(s)) {
        return false;
    }
    pool.share(s.segments * s.kv_heads, [&](int thread, int64_t task) {
        const TileRegisters registers;
        const int64_t segment = task / s.kv_heads;
        forward(s, in, segment, task % s.kv_heads, Scratch::of(pool, thread, s.keys(segment), s.width), out, lse);
    });
    return true;
}

bool attention_backward_in_tiles(graft_pool & pool, const AttentionSizes & s, const AttentionInputs & in, const AttentionBackward & back) {
    if (!in_tiles(s)) {
        return false;
    }
    pool.share(s.segments * s.kv_heads, [&](int thread, int64_t task) {
        const TileRegisters registers;
        const int64_t segment = task / s.kv_heads;
        backward(s, in, segment, task % s.kv_heads, Scratch::of(pool, thread, s.keys(segment), s.width), back);
    });
    pool.share((s.prefix + kPrefixKeys - 1) / kPrefixKeys * s.kv_heads, [&](int thread, int64_t task) {
        const TileRegisters registers;
        const int64_t from = task / s.kv_heads * kPrefixKeys, count = std::min(kPrefixKeys, s.prefix - from);
        backward_prefix(s, in, from, count, task % s.kv_heads, Scratch::of(pool, thread, count, s.width), back);
    });
    return true;
}

}  // namespace graft
