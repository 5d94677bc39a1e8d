#pragma once

// GRAFT_KERNEL(result, name, (parameters), (arguments)) { body } compiles a function once for each instruction set; which of them a call takes,
// lora_isa.h says. Loops inside are written for the compiler's vectoriser (`#pragma omp simd`, which also allows a sum to be taken in another order).

#include <cstdint>
#include <cstring>

#include "lora_isa.h"

#if defined(__x86_64__)
#define GRAFT_KERNEL(result, name, parameters, arguments)                                                   \
    inline __attribute__((always_inline)) result name##_body parameters;                                    \
    __attribute__((target("arch=x86-64-v4"))) result name##_v4 parameters { return name##_body arguments; } \
    __attribute__((target("arch=x86-64-v3"))) result name##_v3 parameters { return name##_body arguments; } \
    result name##_plain parameters { return name##_body arguments; }                                        \
    inline result name parameters {                                                                         \
        switch (graft::isa()) {                                                                             \
            case graft::Isa::kAvx512: return name##_v4 arguments;                                           \
            case graft::Isa::kAvx2: return name##_v3 arguments;                                             \
            default: return name##_plain arguments;                                                         \
        }                                                                                                   \
    }                                                                                                       \
    inline __attribute__((always_inline)) result name##_body parameters
#else
#define GRAFT_KERNEL(result, name, parameters, arguments) result name parameters
#endif
#define GRAFT_INLINE inline __attribute__((always_inline))

namespace graft {

// Sixteen numbers, which the compiler keeps in one, two or four registers, wherever in memory they begin.
constexpr int64_t kLanes = 16;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));

GRAFT_INLINE Lanes * lanes_at(float * x) { return reinterpret_cast<Lanes *>(x); }
GRAFT_INLINE const Lanes * lanes_at(const float * x) { return reinterpret_cast<const Lanes *>(x); }
GRAFT_INLINE int64_t whole_lanes(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

GRAFT_INLINE uint32_t bits_of(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

GRAFT_INLINE float from_bits(uint32_t bits) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// a or b, chosen by their bits: of a condition the compiler makes branches, and then vectors of what each of them would compute. With a constant in
// place of x that is often a subnormal number, for which an Intel processor takes more than a hundred cycles.
GRAFT_INLINE float chosen(bool first, float a, float b) {
    const uint32_t mask = -static_cast<uint32_t>(first);
    return from_bits((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

// e^x, clamped to [-87, 88]; relative error below 2e-7. Cody and Waite's reduction to [-ln2/2, ln2/2], then Cephes' polynomial (expf).
GRAFT_INLINE float exp_of(float x) {
    x = chosen(x < -87.0f, -87.0f, x);
    x = chosen(x > 88.0f, 88.0f, x);
    // Adding 1.5 * 2^23 rounds to a whole number, whose low bits are then the exponent.
    const float magic = 12582912.0f;
    const float shifted = x * 1.44269504f + magic;
    const float n = shifted - magic;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return p * from_bits((bits_of(shifted) + 127u) << 23);
}

GRAFT_INLINE float dot(const float * a, const float * b, int64_t count) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

// y += by * x
GRAFT_INLINE void add_scaled(float by, const float * x, int64_t count, float * y) {
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
        y[i] += by * x[i];
    }
}

}  // namespace graft
