// Attention with grouped queries over packed rows: q, out [rows][heads][width], k, v [rows][kv_heads][width], lse [rows][heads]; rows are cut into
// segments, each an example's. A row sees the rows of its segment up to itself, and those of the first segment too where that is a prefix that all
// examples share. Softmax by the largest score (Milakov and Gimelshein 2018), backward from the logarithm of the sum as FlashAttention does
// (Dao et al. 2022, arXiv:2205.14135); head h reads key head h / (heads / kv_heads); c = 1 / sqrt(width).
//
//   s_ij = c q_i k_j      lse_i = log sum_j e^(s_ij)      p_ij = e^(s_ij - lse_i)      out_i = sum_j p_ij v_j
//   D_i = dout_i out_i    ds_ij = p_ij (dout_i v_j - D_i)
//   dq_i = c sum_j ds_ij k_j      dk_j = c sum_i ds_ij q_i      dv_j = sum_i p_ij dout_i
//
// A task is a segment's head, whose rows no other task writes. What the prefix's keys get from the other segments is a second round, over blocks of
// the prefix's rows, each adding up the segments in their order: no sum depends on the number of threads.
#include <algorithm>
#include <cmath>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {

constexpr int kScoreSlot = 2;
constexpr int64_t kPrefixBlock = 32;

struct Sizes {
    const int32_t * starts;
    int64_t segments, prefix, heads, kv_heads, width;

    int64_t rows() const { return starts[segments]; }
    int64_t group() const { return heads / kv_heads; }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(width)); }
    int64_t q(int64_t row, int64_t head) const { return (row * heads + head) * width; }
    int64_t kv(int64_t row, int64_t head) const { return (row * kv_heads + head) * width; }
    // Rows of the prefix that this segment's rows see.
    int64_t seen(int64_t segment) const { return segment == 0 ? 0 : prefix; }
};

struct Inputs {
    const float *q, *k, *v;
};

struct Gradients {
    float *dq, *dk, *dv;
};

GRAFT_INLINE void score(const float * query, const float * keys, int64_t stride, int64_t count, int64_t width, float scale, float * out) {
    for (int64_t j = 0; j < count; j++) {
        out[j] = scale * graft::dot(query, keys + j * stride, width);
    }
}

GRAFT_INLINE void add_weighted(const float * weights, const float * rows, int64_t stride, int64_t count, int64_t width, float * out) {
    for (int64_t j = 0; j < count; j++) {
        graft::add_scaled(weights[j], rows + j * stride, width, out);
    }
}

GRAFT_VECTORISED
void forward_row(const Sizes & s, const Inputs & in, int64_t segment, int64_t row, int64_t head, float * p, float * out, float * lse) {
    const int64_t key_head = head / s.group(), stride = s.kv_heads * s.width;
    const int64_t prefix = s.seen(segment), own = s.starts[segment], count = prefix + row - own + 1;
    const float * query = in.q + s.q(row, head);
    score(query, in.k + s.kv(0, key_head), stride, prefix, s.width, s.scale(), p);
    score(query, in.k + s.kv(own, key_head), stride, count - prefix, s.width, s.scale(), p + prefix);
    float highest = p[0];
#pragma omp simd reduction(max : highest)
    for (int64_t j = 0; j < count; j++) {
        highest = highest > p[j] ? highest : p[j];
    }
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < count; j++) {
        p[j] = graft::exp_of(p[j] - highest);
        sum += p[j];
    }
#pragma omp simd
    for (int64_t j = 0; j < count; j++) {
        p[j] /= sum;
    }
    lse[row * s.heads + head] = highest + std::log(sum);
    float * to = out + s.q(row, head);
    std::fill(to, to + s.width, 0.0f);
    add_weighted(p, in.v + s.kv(0, key_head), stride, prefix, s.width, to);
    add_weighted(p + prefix, in.v + s.kv(own, key_head), stride, count - prefix, s.width, to);
}

// p and ds of one row against `count` keys that begin at row `from`.
GRAFT_INLINE void gradients_of_scores(const Sizes & s, const Inputs & in, const float * dout, int64_t row, int64_t head, int64_t from, int64_t count,
                                      float lse, float d, float * p, float * ds) {
    const int64_t key_head = head / s.group(), stride = s.kv_heads * s.width;
    score(in.q + s.q(row, head), in.k + s.kv(from, key_head), stride, count, s.width, s.scale(), p);
    score(dout + s.q(row, head), in.v + s.kv(from, key_head), stride, count, s.width, 1.0f, ds);
#pragma omp simd
    for (int64_t j = 0; j < count; j++) {
        p[j] = graft::exp_of(p[j] - lse);
        ds[j] = s.scale() * p[j] * (ds[j] - d);
    }
}

GRAFT_VECTORISED
void backward_row(const Sizes & s, const Inputs & in, const float * dout, const float * out, const float * lse, int64_t segment, int64_t row,
                  int64_t head, float * p, float * ds, const Gradients & to) {
    const int64_t key_head = head / s.group(), stride = s.kv_heads * s.width, own = s.starts[segment], count = row - own + 1;
    const float log_sum = lse[row * s.heads + head];
    const float * gradient = dout + s.q(row, head);
    const float d = graft::dot(gradient, out + s.q(row, head), s.width);
    float * dq = to.dq + s.q(row, head);
    std::fill(dq, dq + s.width, 0.0f);
    if (s.seen(segment) > 0) {
        gradients_of_scores(s, in, dout, row, head, 0, s.prefix, log_sum, d, p, ds);
        add_weighted(ds, in.k + s.kv(0, key_head), stride, s.prefix, s.width, dq);
    }
    gradients_of_scores(s, in, dout, row, head, own, count, log_sum, d, p, ds);
    add_weighted(ds, in.k + s.kv(own, key_head), stride, count, s.width, dq);
    for (int64_t j = 0; j < count; j++) {
        graft::add_scaled(ds[j], in.q + s.q(row, head), s.width, to.dk + s.kv(own + j, key_head));
        graft::add_scaled(p[j], gradient, s.width, to.dv + s.kv(own + j, key_head));
    }
}

// What rows [from, from + count) of the prefix get from one row of another segment.
GRAFT_VECTORISED
void backward_prefix(const Sizes & s, const Inputs & in, const float * dout, const float * out, const float * lse, int64_t row, int64_t head,
                     int64_t from, int64_t count, float * p, float * ds, const Gradients & to) {
    const float d = graft::dot(dout + s.q(row, head), out + s.q(row, head), s.width);
    gradients_of_scores(s, in, dout, row, head, from, count, lse[row * s.heads + head], d, p, ds);
    for (int64_t j = 0; j < count; j++) {
        graft::add_scaled(ds[j], in.q + s.q(row, head), s.width, to.dk + s.kv(from + j, head / s.group()));
        graft::add_scaled(p[j], dout + s.q(row, head), s.width, to.dv + s.kv(from + j, head / s.group()));
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

int64_t longest(const Sizes & s) {
    int64_t rows = 0;
    for (int64_t segment = 0; segment < s.segments; segment++) {
        rows = std::max<int64_t>(rows, s.seen(segment) + s.starts[segment + 1] - s.starts[segment]);
    }
    return rows;
}

}  // namespace

int graft_attention_forward(graft_pool * pool, const float * q, const float * k, const float * v, const int32_t * starts, int64_t segments,
                            int64_t prefix, int64_t heads, int64_t kv_heads, int64_t width, float * out, float * lse) {
    return graft::at_border([&] {
        graft::require_there(pool, q, k, v, out, lse);
        const Sizes s{starts, segments, prefix, heads, kv_heads, width};
        check(s);
        const Inputs in{q, k, v};
        const int64_t scores = longest(s);
        pool->run(segments * heads, [&](int64_t task) {
            const int64_t segment = task / heads, head = task % heads;
            float * p = pool->scratch(static_cast<int>(task % pool->threads()), kScoreSlot, scores);
            for (int64_t row = starts[segment]; row < starts[segment + 1]; row++) {
                forward_row(s, in, segment, row, head, p, out, lse);
            }
        });
    });
}

int graft_attention_backward(graft_pool * pool, const float * dout, const float * out, const float * q, const float * k, const float * v,
                             const float * lse, const int32_t * starts, int64_t segments, int64_t prefix, int64_t heads, int64_t kv_heads,
                             int64_t width, float * dq, float * dk, float * dv) {
    return graft::at_border([&] {
        graft::require_there(pool, dout, out, q, k, v, lse, dq, dk, dv);
        const Sizes s{starts, segments, prefix, heads, kv_heads, width};
        check(s);
        const Inputs in{q, k, v};
        const Gradients to{dq, dk, dv};
        const int64_t scores = longest(s), group = s.group();
        std::fill(dk, dk + s.kv(s.rows(), 0), 0.0f);
        std::fill(dv, dv + s.kv(s.rows(), 0), 0.0f);
        pool->run(segments * kv_heads, [&](int64_t task) {
            const int64_t segment = task / kv_heads, key_head = task % kv_heads;
            float * p = pool->scratch(static_cast<int>(task % pool->threads()), kScoreSlot, 2 * scores);
            for (int64_t head = key_head * group; head < (key_head + 1) * group; head++) {
                for (int64_t row = starts[segment]; row < starts[segment + 1]; row++) {
                    backward_row(s, in, dout, out, lse, segment, row, head, p, p + scores, to);
                }
            }
        });
        const int64_t blocks = (prefix + kPrefixBlock - 1) / kPrefixBlock;
        pool->run(blocks * kv_heads, [&](int64_t task) {
            const int64_t from = task / kv_heads * kPrefixBlock, key_head = task % kv_heads;
            const int64_t count = std::min(kPrefixBlock, prefix - from);
            float p[kPrefixBlock], ds[kPrefixBlock];
            for (int64_t head = key_head * group; head < (key_head + 1) * group; head++) {
                for (int64_t row = prefix; row < s.rows(); row++) {
                    backward_prefix(s, in, dout, out, lse, row, head, from, count, p, ds, to);
                }
            }
        });
    });
}
