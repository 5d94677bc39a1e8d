// Attention with grouped queries over packed rows: q, out [rows][heads][width], k, v [rows][kv_heads][width], lse [rows][heads]; rows are cut into
// segments, each an example's. A row sees the rows of its segment up to itself, and those of the first segment too where that is a prefix that all
// examples share. Softmax by the largest score, backward from the logarithm of the sum as FlashAttention does
// (Dao et al. 2022, arXiv:2205.14135); head h reads key head h / (heads / kv_heads); c = 1 / sqrt(width).
//
//   s_ij = c q_i k_j      lse_i = log sum_j e^(s_ij)      p_ij = e^(s_ij - lse_i)      out_i = sum_j p_ij v_j
//   D_i = dout_i out_i    ds_ij = p_ij (dout_i v_j - D_i)
//   dq_i = c sum_j ds_ij k_j      dk_j = c sum_i ds_ij q_i      dv_j = sum_i p_ij dout_i
//
// A task is a segment's head, whose rows no other task writes; it goes through the segment's rows a block at a time, scores against all keys that
// they see. Keys and values are turned around first ([width][keys]), so that scores are products of small matrices as the rest is. What the
// prefix's keys get from the other segments is a second round, over blocks of the prefix's rows, each adding up the segments in their order: no sum
// depends on the number of threads.
#include <algorithm>

#include "graft_lora.h"
#include "lora_attention.h"
#include "lora_border.h"
#include "lora_simd.h"
#include "lora_tile.h"
#include "lora_turn.h"

namespace {

constexpr int kScratchSlot = 2;

using graft::gradient_of_scores;
using graft::kBlock;
using graft::softmax;
using Backward = graft::AttentionBackward;
using Inputs = graft::AttentionInputs;
using Sizes = graft::AttentionSizes;

// A task's memory: keys and values turned around, and of a block of rows the probabilities and the gradients of the scores.
struct Scratch {
    int64_t keys;
    float *turned_k, *turned_v, *p, *ds;

    static int64_t floats(int64_t keys, int64_t width) { return 2 * keys * (width + kBlock); }
    Scratch(float * memory, int64_t keys, int64_t width)
        : keys(keys), turned_k(memory), turned_v(turned_k + keys * width), p(turned_v + keys * width), ds(p + keys * kBlock) {}
};

// All that a segment's rows see: the prefix, then their own; what fills up the last vector is 0.
GRAFT_INLINE void turn_all(const Sizes & s, int64_t segment, int64_t key_head, const float * rows, int64_t keys, float * turned) {
    const int64_t prefix = s.seen(segment), own = s.starts[segment], count = s.starts[segment + 1] - own;
    std::fill(turned, turned + keys * s.width, 0.0f);
    graft::turn_rows(rows + s.kv(0, key_head), s.kv_stride(), prefix, s.width, 0, keys, turned);
    graft::turn_rows(rows + s.kv(own, key_head), s.kv_stride(), count, s.width, prefix, keys, turned);
}

GRAFT_KERNEL(void, forward, (const Sizes & s, const Inputs & in, int64_t segment, int64_t head, const Scratch & scratch, float * out, float * lse),
             (s, in, segment, head, scratch, out, lse)) {
    const int64_t key_head = head / s.group(), prefix = s.seen(segment), own = s.starts[segment], end = s.starts[segment + 1];
    const int64_t keys = scratch.keys;
    turn_all(s, segment, key_head, in.k, keys, scratch.turned_k);
    for (int64_t first = own; first < end; first += kBlock) {
        const int64_t rows = std::min(kBlock, end - first);
        const int64_t seen = prefix + first + rows - own;
        graft::product({in.q + s.q(first, head), s.q_stride(), 1}, scratch.turned_k, keys, {rows, graft::whole_lanes(seen), s.width}, false,
                       scratch.p, keys);
        for (int64_t i = 0; i < rows; i++) {
            lse[(first + i) * s.heads + head] = softmax(scratch.p + i * keys, prefix + first + i - own + 1, seen, s.scale());
        }
        float * to = out + s.q(first, head);
        graft::product({scratch.p, keys, 1}, in.v + s.kv(0, key_head), s.kv_stride(), {rows, s.width, prefix}, false, to, s.q_stride());
        graft::product({scratch.p + prefix, keys, 1}, in.v + s.kv(own, key_head), s.kv_stride(), {rows, s.width, seen - prefix}, true, to,
                       s.q_stride());
    }
}

// p and ds of rows [first, first + rows) against the first `seen` turned keys, of which row i sees `least` + i, or all.
GRAFT_INLINE void scores(const Sizes & s, const Inputs & in, const Backward & back, const Scratch & scratch, int64_t head, int64_t first,
                         int64_t rows, int64_t least, int64_t seen) {
    const int64_t keys = scratch.keys;
    const graft::Extent extent{rows, graft::whole_lanes(seen), s.width};
    graft::product({in.q + s.q(first, head), s.q_stride(), 1}, scratch.turned_k, keys, extent, false, scratch.p, keys);
    graft::product({back.dout + s.q(first, head), s.q_stride(), 1}, scratch.turned_v, keys, extent, false, scratch.ds, keys);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t at = s.q(first + i, head);
        gradient_of_scores(scratch.p + i * keys, scratch.ds + i * keys, std::min(seen, least + i), seen, s.scale(),
                           back.lse[(first + i) * s.heads + head], graft::dot(back.dout + at, back.out + at, s.width));
    }
}

// What keys and values that begin at row `to` get from the rows' scores against them, which begin at `column`.
GRAFT_INLINE void add_to_keys(const Sizes & s, const Inputs & in, const Backward & back, const Scratch & scratch, int64_t head, int64_t first,
                              int64_t rows, int64_t column, int64_t to, int64_t count) {
    const int64_t at = s.kv(to, head / s.group());
    const graft::Extent extent{count, s.width, rows};
    graft::product({scratch.ds + column, 1, scratch.keys}, in.q + s.q(first, head), s.q_stride(), extent, true, back.dk + at, s.kv_stride());
    graft::product({scratch.p + column, 1, scratch.keys}, back.dout + s.q(first, head), s.q_stride(), extent, true, back.dv + at, s.kv_stride());
}

GRAFT_KERNEL(void, backward, (const Sizes & s, const Inputs & in, int64_t segment, int64_t key_head, const Scratch & scratch, const Backward & back),
             (s, in, segment, key_head, scratch, back)) {
    const int64_t prefix = s.seen(segment), own = s.starts[segment], end = s.starts[segment + 1];
    turn_all(s, segment, key_head, in.k, scratch.keys, scratch.turned_k);
    turn_all(s, segment, key_head, in.v, scratch.keys, scratch.turned_v);
    for (int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); head++) {
        for (int64_t first = own; first < end; first += kBlock) {
            const int64_t rows = std::min(kBlock, end - first), before = first - own, seen = prefix + before + rows;
            scores(s, in, back, scratch, head, first, rows, prefix + before + 1, seen);
            float * dq = back.dq + s.q(first, head);
            graft::product({scratch.ds, scratch.keys, 1}, in.k + s.kv(0, key_head), s.kv_stride(), {rows, s.width, prefix}, false, dq, s.q_stride());
            graft::product({scratch.ds + prefix, scratch.keys, 1}, in.k + s.kv(own, key_head), s.kv_stride(), {rows, s.width, seen - prefix}, true,
                           dq, s.q_stride());
            add_to_keys(s, in, back, scratch, head, first, rows, prefix, own, before + rows);
        }
    }
}

// What rows [from, from + count) of the prefix get from all segments.
GRAFT_KERNEL(void, backward_prefix,
             (const Sizes & s, const Inputs & in, int64_t from, int64_t count, int64_t key_head, const Scratch & scratch, const Backward & back),
             (s, in, from, count, key_head, scratch, back)) {
    std::fill(scratch.turned_k, scratch.turned_k + 2 * scratch.keys * s.width, 0.0f);
    graft::turn_rows(in.k + s.kv(from, key_head), s.kv_stride(), count, s.width, 0, scratch.keys, scratch.turned_k);
    graft::turn_rows(in.v + s.kv(from, key_head), s.kv_stride(), count, s.width, 0, scratch.keys, scratch.turned_v);
    for (int64_t head = key_head * s.group(); head < (key_head + 1) * s.group(); head++) {
        for (int64_t first = s.prefix; first < s.rows(); first += kBlock) {
            const int64_t rows = std::min(kBlock, s.rows() - first);
            scores(s, in, back, scratch, head, first, rows, count, count);
            add_to_keys(s, in, back, scratch, head, first, rows, 0, from, count);
        }
    }
}

void check(const Sizes & s) {
    graft::require_there(s.starts);
    graft::require_sizes(s.segments, s.heads, s.kv_heads, s.width);
    graft::require(s.heads % s.kv_heads == 0, "key heads must divide the query heads");
    graft::require(s.starts[0] == 0, "the first segment begins at row 0");
    for (int64_t segment = 0; segment < s.segments; segment++) {
        graft::require(s.starts[segment] < s.starts[segment + 1], "a segment without rows");
    }
    graft::require(s.prefix == 0 || s.prefix == s.starts[1], "the prefix is the first segment");
    graft::require_sizes(s.rows(), s.heads, s.width);
}

Scratch scratch_of(graft_pool & pool, int thread, int64_t keys, int64_t width) {
    return {pool.scratch(thread, kScratchSlot, Scratch::floats(keys, width)), keys, width};
}

}  // namespace

int graft_attention_forward(graft_pool * pool, int half, const float * q, const float * k, const float * v, const int32_t * starts, int64_t segments,
                            int64_t prefix, int64_t heads, int64_t kv_heads, int64_t width, float * out, float * lse) {
    return graft::at_border([&] {
        graft::require_there(pool, q, k, v, out, lse);
        const Sizes s{starts, segments, prefix, heads, kv_heads, width};
        check(s);
        if (half != 0 && graft::attention_in_tiles(*pool, s, {q, k, v}, out, lse)) {
            return;
        }
        pool->share(segments * heads, [&](int thread, int64_t task) {
            const int64_t segment = task / heads;
            forward(s, {q, k, v}, segment, task % heads, scratch_of(*pool, thread, s.keys(segment), width), out, lse);
        });
    });
}

int graft_attention_backward(graft_pool * pool, int half, const float * dout, const float * out, const float * q, const float * k, const float * v,
                             const float * lse, const int32_t * starts, int64_t segments, int64_t prefix, int64_t heads, int64_t kv_heads,
                             int64_t width, float * dq, float * dk, float * dv) {
    return graft::at_border([&] {
        graft::require_there(pool, dout, out, q, k, v, lse, dq, dk, dv);
        const Sizes s{starts, segments, prefix, heads, kv_heads, width};
        check(s);
        const Inputs in{q, k, v};
        const Backward back{dout, out, lse, dq, dk, dv};
        std::fill(dk, dk + s.kv(s.rows(), 0), 0.0f);
        std::fill(dv, dv + s.kv(s.rows(), 0), 0.0f);
        if (half != 0 && graft::attention_backward_in_tiles(*pool, s, in, back)) {
            return;
        }
        pool->share(segments * kv_heads, [&](int thread, int64_t task) {
            const int64_t segment = task / kv_heads;
            backward(s, in, segment, task % kv_heads, scratch_of(*pool, thread, s.keys(segment), width), back);
        });
        const int64_t blocks = (prefix + kBlock - 1) / kBlock;
        pool->share(blocks * kv_heads, [&](int thread, int64_t task) {
            const int64_t from = task / kv_heads * kBlock, count = std::min(kBlock, prefix - from);
            backward_prefix(s, in, from, count, task % kv_heads, scratch_of(*pool, thread, graft::whole_lanes(count), width), back);
        });
    });
}
