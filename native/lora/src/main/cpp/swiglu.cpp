// SwiGLU (Shazeer 2020, arXiv:2002.05202), element by element: out = silu(gate) up, silu(g) = g s, s = 1 / (1 + e^-g).
//
//   dup = dout silu(gate)        dgate = dout up s (1 + gate (1 - s))
#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {
constexpr int64_t kGrain = 4096;

GRAFT_KERNEL(void, forward, (const float * gate, const float * up, int64_t count, float * out), (gate, up, count, out)) {
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
        out[i] = gate[i] / (1.0f + graft::exp_of(-gate[i])) * up[i];
    }
}

GRAFT_KERNEL(void, backward, (const float * dout, const float * gate, const float * up, int64_t count, float * dgate, float * dup),
             (dout, gate, up, count, dgate, dup)) {
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
        const float s = 1.0f / (1.0f + graft::exp_of(-gate[i]));
        const float d = dout[i];
        const float g = gate[i];
        dup[i] = d * g * s;
        dgate[i] = d * up[i] * s * (1.0f + g * (1.0f - s));
    }
}

}  // namespace

int graft_swiglu_forward(graft_pool * pool, const float * gate, const float * up, int64_t count, float * out) {
    return graft::at_border([&] {
        graft::require_there(pool, gate, up, out);
        graft::require_sizes(count);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) { forward(gate + begin, up + begin, end - begin, out + begin); });
    });
}

int graft_swiglu_backward(graft_pool * pool, const float * dout, const float * gate, const float * up, int64_t count, float * dgate, float * dup) {
    return graft::at_border([&] {
        graft::require_there(pool, dout, gate, up, dgate, dup);
        graft::require_sizes(count);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) {
            backward(dout + begin, gate + begin, up + begin, end - begin, dgate + begin, dup + begin);
        });
    });
}
