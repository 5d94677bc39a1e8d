// Dropout (Srivastava et al. 2014): y = x m / (1 - p), m 0 with probability p, else 1. Backward is the same with dy for x.
//
// m follows from (seed, stream, index) by a counter-based generator, so that forward, backward and a recomputation agree without a stored mask, on
// any number of threads: the finaliser of SplitMix64 (Steele, Lea and Flood 2014) over the index, keyed by seed and stream.
#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {
constexpr int64_t kGrain = 4096;

GRAFT_INLINE uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

GRAFT_KERNEL(void, drop, (const float * x, int64_t begin, int64_t end, uint64_t key, uint32_t threshold, float scale, bool add, float * y),
             (x, begin, end, key, threshold, scale, add, y)) {
    const float keep = add ? 1.0f : 0.0f;
#pragma omp simd
    for (int64_t i = begin; i < end; i++) {
        const uint32_t random = static_cast<uint32_t>(mixed(key + static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15u) >> 32);
        const float dropped = random < threshold ? 0.0f : x[i] * scale;
        const float before = keep != 0.0f ? y[i] : 0.0f;
        y[i] = before + dropped;
    }
}

}  // namespace

int graft_dropout(graft_pool * pool, const float * x, int64_t count, float p, uint64_t seed, uint64_t stream, int add, float * y) {
    return graft::at_border([&] {
        graft::require_there(pool, x, y);
        graft::require_sizes(count);
        graft::require(p >= 0 && p < 1, "dropout is 0 or above, and below 1");
        const uint64_t key = mixed(mixed(seed) + stream);
        const auto threshold = static_cast<uint32_t>(static_cast<double>(p) * 4294967296.0);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) { drop(x, begin, end, key, threshold, 1.0f / (1.0f - p), add != 0, y); });
    });
}
