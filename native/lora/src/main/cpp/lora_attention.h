#pragma once

// What attention.cpp and attention_amx.cpp share: whose rows see which keys, and the scores of a row.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "lora_pool.h"
#include "lora_simd.h"

namespace graft {

constexpr int64_t kBlock = 32;  // rows, and keys of the prefix

struct AttentionSizes {
    const int32_t * starts;
    int64_t segments, prefix, heads, kv_heads, width;

    int64_t rows() const { return starts[segments]; }
    int64_t group() const { return heads / kv_heads; }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(width)); }
    int64_t q_stride() const { return heads * width; }
    int64_t kv_stride() const { return kv_heads * width; }
    int64_t q(int64_t row, int64_t head) const { return row * q_stride() + head * width; }
    int64_t kv(int64_t row, int64_t head) const { return row * kv_stride() + head * width; }
    // Rows of the prefix that this segment's rows see.
    int64_t seen(int64_t segment) const { return segment == 0 ? 0 : prefix; }
    // Keys that the rows of this segment see, at most, in whole vectors.
    int64_t keys(int64_t segment) const { return whole_lanes(seen(segment) + starts[segment + 1] - starts[segment]); }
};

struct AttentionInputs {
    const float *q, *k, *v;
};

struct AttentionBackward {
    const float *dout, *out, *lse;
    float *dq, *dk, *dv;
};

// Of sixteen numbers of a row from column j on, those behind the first `seen` become another.
GRAFT_INLINE void keep_seen(int64_t j, int64_t seen, float other, Lanes & x) {
    typedef int32_t Ints __attribute__((vector_size(sizeof(Lanes))));
    const Ints each = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    x = each < static_cast<int32_t>(seen - j) ? x : Lanes{} + other;
}

// x becomes e^x
GRAFT_INLINE void raise(Lanes & x) {
    for (int64_t i = 0; i < kLanes; i++) {
        x[i] = exp_of(x[i]);
    }
}

// p of a row from its scores, with exactly `seen` keys; up to `keys` and to the end of the last vector all others become 0. Returns the logarithm of
// the sum.
GRAFT_INLINE float softmax(float * p, int64_t seen, int64_t keys, float scale) {
    const int64_t whole = whole_lanes(seen);
    Lanes high = Lanes{} + p[0];
    for (int64_t j = 0; j < whole; j += kLanes) {
        Lanes x = *lanes_at(p + j);
        keep_seen(j, seen, p[0], x);
        high = x > high ? x : high;
    }
    float highest = high[0];
    for (int64_t i = 1; i < kLanes; i++) {
        highest = highest > high[i] ? highest : high[i];
    }
    Lanes sums{};
    for (int64_t j = 0; j < whole; j += kLanes) {
        Lanes x = *lanes_at(p + j);
        keep_seen(j, seen, highest, x);
        x = scale * (x - highest);
        raise(x);
        keep_seen(j, seen, 0.0f, x);
        *lanes_at(p + j) = x;
        sums += x;
    }
    float sum = 0;
    for (int64_t i = 0; i < kLanes; i++) {
        sum += sums[i];
    }
    const float share = 1.0f / sum;
    for (int64_t j = 0; j < whole; j += kLanes) {
        *lanes_at(p + j) *= share;
    }
    for (int64_t j = whole; j < keys; j++) {
        p[j] = 0.0f;
    }
    return scale * highest + std::log(sum);
}

// p and ds of a row from its scores (in p) and dout_i v_j (in ds), likewise.
GRAFT_INLINE void gradient_of_scores(float * p, float * ds, int64_t seen, int64_t keys, float scale, float lse, float d) {
    const int64_t whole = whole_lanes(seen);
    for (int64_t j = 0; j < whole; j += kLanes) {
        Lanes x = scale * *lanes_at(p + j) - lse, y = *lanes_at(ds + j);
        keep_seen(j, seen, 0.0f, x);
        raise(x);
        keep_seen(j, seen, 0.0f, x);
        keep_seen(j, seen, d, y);
        *lanes_at(p + j) = x;
        *lanes_at(ds + j) = scale * x * (y - d);
    }
    for (int64_t j = whole; j < keys; j++) {
        p[j] = ds[j] = 0.0f;
    }
}

// graft_attention_forward and _backward in bf16, on tiles, where processor and width allow it; otherwise they return false, with nothing written.
// dk and dv are 0 before.
bool attention_in_tiles(graft_pool & pool, const AttentionSizes & s, const AttentionInputs & in, float * out, float * lse);
bool attention_backward_in_tiles(graft_pool & pool, const AttentionSizes & s, const AttentionInputs & in, const AttentionBackward & back);

}  // namespace graft
