#pragma once

// Vectors of floats for each instruction set that the kernels are compiled for: the same names, other widths. A kernel is written once, over
// Lanes, and included in each namespace, between the pragmas that let the compiler use its instructions.

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own intrinsics begin from vectors that they never read.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace graft {

constexpr uint16_t kMinusInfinity = 0xfc00;  // in half precision

// Wider vectors than this, in bits, are not used: for tests, so that one processor can run the kernels of others.
inline int vector_bits_limit = 512;

inline bool has_avx512() {
    return vector_bits_limit >= 512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

// Whether there are tile registers for products of bytes (AMX), and the kernel lets this process use them.
inline bool has_byte_tiles() {
    static const bool granted = [] {
        constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
        constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
        return __builtin_cpu_supports("amx-tile") != 0 && __builtin_cpu_supports("amx-int8") != 0 &&
               syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
    }();
    return vector_bits_limit >= 512 && granted;
}

inline bool has_avx2() {
    return vector_bits_limit >= 256 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

namespace plain {
struct Lanes {
    using Vector = float;
    static constexpr int kCount = 1;
    static inline Vector zero() { return 0.0f; }
    static inline Vector all(float x) { return x; }
    static inline Vector load(const float * p) { return *p; }
    static inline void store(float * p, Vector x) { *p = x; }
    static inline Vector fma(Vector a, Vector b, Vector c) { return a * b + c; }
    static inline Vector add(Vector a, Vector b) { return a + b; }
    static inline Vector mul(Vector a, Vector b) { return a * b; }
    // b where a is no number
    static inline Vector max(Vector a, Vector b) { return a > b ? a : b; }
    static inline Vector round(Vector x) { return std::nearbyint(x); }
    static inline Vector power_of_two(Vector n) { return std::ldexp(1.0f, static_cast<int>(n)); }
    static inline float sum(Vector x) { return x; }
    static inline float highest(Vector x) { return x; }
};
#include "graft_exp.h"
}  // namespace plain

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
struct Lanes {
    using Vector = __m256;
    static constexpr int kCount = 8;
    static inline Vector zero() { return _mm256_setzero_ps(); }
    static inline Vector all(float x) { return _mm256_set1_ps(x); }
    static inline Vector load(const float * p) { return _mm256_loadu_ps(p); }
    static inline Vector load_half(const char * p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))); }
    static inline Vector load_bytes(const int8_t * p) {
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(p))));
    }
    static inline void store(float * p, Vector x) { _mm256_storeu_ps(p, x); }
    static inline Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
    static inline Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
    static inline Vector mul(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
    static inline Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
    static inline Vector round(Vector x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    // 2^n for whole n in [-126, 127]
    static inline Vector power_of_two(Vector n) {
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
    }
    static inline float sum(Vector x) {
        const __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
        const __m128 pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
    }
    static inline float highest(Vector x) {
        const __m128 half = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
        const __m128 pair = _mm_max_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_max_ss(pair, _mm_movehdup_ps(pair)));
    }
    static constexpr unsigned kAll = 0xff;
    // a where the lane's bit is set, else b
    static inline Vector select(unsigned lanes, Vector a, Vector b) {
        const __m256i bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        const __m256i set = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(static_cast<int>(lanes)), bits), bits);
        return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(set));
    }
    static inline void transpose(const float * rows, float * columns) {
        __m256 a[8];
        __m256 b[8];
        for (int i = 0; i < 8; i++) {
            a[i] = load(rows + i * kCount);
        }
        for (int i = 0; i < 8; i += 2) {  // pairs of rows
            b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
            b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
        }
        for (int i = 0; i < 8; i += 4) {  // fours: a[i + c] has column c of each half
            a[i] = _mm256_shuffle_ps(b[i], b[i + 2], 0x44);
            a[i + 1] = _mm256_shuffle_ps(b[i], b[i + 2], 0xee);
            a[i + 2] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0x44);
            a[i + 3] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0xee);
        }
        for (int c = 0; c < 4; c++) {  // halves
            store(columns + c * kCount, _mm256_permute2f128_ps(a[c], a[c + 4], 0x20));
            store(columns + (c + 4) * kCount, _mm256_permute2f128_ps(a[c], a[c + 4], 0x31));
        }
    }
    // Sets the bits of the cells that the mask leaves.
    static inline void open_bits(const uint16_t * mask, int cells, uint64_t * bits) {
        int i = 0;
        const __m256i closed = _mm256_set1_epi16(static_cast<short>(kMinusInfinity));
        for (; i + 32 <= cells; i += 32) {
            const __m256i a = _mm256_cmpeq_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(mask + i)), closed);
            const __m256i b = _mm256_cmpeq_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(mask + i + 16)), closed);
            const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
            const uint64_t open = ~static_cast<uint32_t>(_mm256_movemask_epi8(bytes));
            bits[i / 64] |= (open & 0xffffffffu) << (i % 64);
        }
        for (; i < cells; i++) {
            bits[i / 64] |= static_cast<uint64_t>(mask[i] != kMinusInfinity) << (i % 64);
        }
    }
};
#include "graft_exp.h"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2")
namespace avx512 {
struct Lanes {
    using Vector = __m512;
    static constexpr int kCount = 16;
    static inline Vector zero() { return _mm512_setzero_ps(); }
    static inline Vector all(float x) { return _mm512_set1_ps(x); }
    static inline Vector load(const float * p) { return _mm512_loadu_ps(p); }
    static inline Vector load_half(const char * p) { return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))); }
    static inline Vector load_bytes(const int8_t * p) {
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))));
    }
    static inline void store(float * p, Vector x) { _mm512_storeu_ps(p, x); }
    static inline Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
    static inline Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
    static inline Vector mul(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
    static inline Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
    static inline Vector round(Vector x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
    static inline Vector power_of_two(Vector n) { return _mm512_scalef_ps(_mm512_set1_ps(1.0f), n); }
    static inline float sum(Vector x) { return _mm512_reduce_add_ps(x); }
    static inline float highest(Vector x) { return _mm512_reduce_max_ps(x); }
    static constexpr unsigned kAll = 0xffff;
    static inline Vector select(unsigned lanes, Vector a, Vector b) { return _mm512_mask_blend_ps(static_cast<__mmask16>(lanes), b, a); }
    static inline void transpose(const float * rows, float * columns) {
        __m512 a[16];
        __m512 b[16];
        for (int i = 0; i < 16; i++) {
            a[i] = load(rows + i * kCount);
        }
        for (int i = 0; i < 16; i += 2) {  // pairs of rows
            b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
            b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
        }
        for (int i = 0; i < 16; i += 4) {  // fours: a[i + c] has column c of each quarter
            a[i] = _mm512_shuffle_ps(b[i], b[i + 2], 0x44);
            a[i + 1] = _mm512_shuffle_ps(b[i], b[i + 2], 0xee);
            a[i + 2] = _mm512_shuffle_ps(b[i + 1], b[i + 3], 0x44);
            a[i + 3] = _mm512_shuffle_ps(b[i + 1], b[i + 3], 0xee);
        }
        for (int c = 0; c < 4; c++) {  // quarters
            const __m512 low01 = _mm512_shuffle_f32x4(a[c], a[c + 4], 0x88);
            const __m512 low23 = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0x88);
            const __m512 high01 = _mm512_shuffle_f32x4(a[c], a[c + 4], 0xdd);
            const __m512 high23 = _mm512_shuffle_f32x4(a[c + 8], a[c + 12], 0xdd);
            store(columns + c * kCount, _mm512_shuffle_f32x4(low01, low23, 0x88));
            store(columns + (c + 8) * kCount, _mm512_shuffle_f32x4(low01, low23, 0xdd));
            store(columns + (c + 4) * kCount, _mm512_shuffle_f32x4(high01, high23, 0x88));
            store(columns + (c + 12) * kCount, _mm512_shuffle_f32x4(high01, high23, 0xdd));
        }
    }
    static inline void open_bits(const uint16_t * mask, int cells, uint64_t * bits) {
        int i = 0;
        const __m512i closed = _mm512_set1_epi16(static_cast<short>(kMinusInfinity));
        for (; i + 32 <= cells; i += 32) {
            const uint64_t open = _mm512_cmpneq_epi16_mask(_mm512_loadu_si512(mask + i), closed);
            bits[i / 64] |= open << (i % 64);
        }
        for (; i < cells; i++) {
            bits[i / 64] |= static_cast<uint64_t>(mask[i] != kMinusInfinity) << (i % 64);
        }
    }
};
#include "graft_exp.h"
}  // namespace avx512
#pragma GCC pop_options

}  // namespace graft
