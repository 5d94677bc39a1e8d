// The numbers of GGUF tensors, block by block, to the last digit what ggml-quants.c (llama.cpp v0.5.0, dequantize_row_*) computes.
//
//   Q8_0  d q                 Q4_0  d (q - 8)      Q4_1  d q + m      Q5_0  d (q - 16)      Q5_1  d q + m          blocks of 32
//   Q4_K, Q5_K  (d s_j) q - (dmin m_j), eight groups of 32            Q6_K  (d s_j) (q - 32), sixteen groups of 16  blocks of 256
//
// d, m, dmin are halves; s_j, m_j have 6 bits in Q4_K and Q5_K, 8 signed bits in Q6_K.
#include <algorithm>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_dequantize.h"
#include "lora_simd.h"

namespace {

constexpr int kF16 = 1, kQ5_0 = 6, kQ5_1 = 7, kQ4_K = 12, kQ5_K = 13, kQ6_K = 14;
constexpr int64_t kGrain = 4096;

GRAFT_INLINE uint16_t bits16(const uint8_t * p) {
    uint16_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return bits;
}

using graft::bits_of;
using graft::from_bits;

// IEEE half to single; exact, subnormals and infinities included. Of many, since the compiler makes vectors of it.
GRAFT_INLINE float half(uint16_t h) {
    const uint32_t sign = static_cast<uint32_t>(h & 0x8000u) << 16;
    const uint32_t magnitude = static_cast<uint32_t>(h & 0x7fffu) << 13;
    const float normal = from_bits(magnitude) * 5.192296858534828e33f;  // 2^112
    const float value = (h & 0x7c00u) == 0x7c00u ? from_bits(magnitude | 0x7f800000u) : normal;
    return from_bits(bits_of(value) | sign);
}

// Of one: an instruction since AVX2.
GRAFT_INLINE float half(const uint8_t * p) {
    _Float16 h;
    std::memcpy(&h, p, sizeof h);
    return static_cast<float>(h);
}

typedef uint8_t Bytes __attribute__((vector_size(16)));
typedef uint16_t Halves __attribute__((vector_size(32)));
typedef uint16_t Wide __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));

template <typename Vector>
GRAFT_INLINE void load(const uint8_t * in, Vector & vector) {
    std::memcpy(&vector, in, sizeof vector);
}

// What is written is the number itself, or bf16: rounded to nearest, ties to even.
GRAFT_INLINE void put_one(float x, float * out) { *out = x; }

GRAFT_INLINE void put_one(float x, uint16_t * out) {
    const uint32_t bits = bits_of(x);
    *out = static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

GRAFT_INLINE void put_lanes(const graft::Lanes & x, float * out) { *graft::lanes_at(out) = x; }

GRAFT_INLINE void rounded(const graft::Lanes & x, Halves & upper) {
    Words bits;
    std::memcpy(&bits, &x, sizeof bits);
    upper = __builtin_convertvector((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16, Halves);
}

GRAFT_INLINE void put_lanes(const graft::Lanes & x, uint16_t * out) {
    Halves upper;
    rounded(x, upper);
    std::memcpy(out, &upper, sizeof upper);
}

// q d + m of sixteen quants
template <typename Quants, typename Out>
GRAFT_INLINE void put(const Quants & q, float d, float m, Out * out) {
    put_lanes(__builtin_convertvector(q, graft::Lanes) * d + m, out);
}

template <typename Out>
GRAFT_INLINE void f32(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t i = 0; i < count; i++) {
        float x;
        std::memcpy(&x, in + 4 * i, sizeof x);
        put_one(x, out + i);
    }
}

template <typename Out>
GRAFT_INLINE void f16(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t i = 0; i < count; i++) {
        put_one(half(bits16(in + 2 * i)), out + i);
    }
}

template <typename Out>
GRAFT_INLINE void bf16(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t i = 0; i < count; i++) {
        put_one(from_bits(static_cast<uint32_t>(bits16(in + 2 * i)) << 16), out + i);
    }
}

template <typename Out>
GRAFT_INLINE void q8_0(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 32, in += 34) {
        const float d = half(in);
        Bytes first, second;  // moved up by 128: the compiler widens bytes without a sign in one instruction, others in many
        load(in + 2, first);
        load(in + 18, second);
        put(__builtin_convertvector(first ^ 128, Ints) - 128, d, 0.0f, out + block);
        put(__builtin_convertvector(second ^ 128, Ints) - 128, d, 0.0f, out + block + 16);
    }
}

// d (q + lowest) + m of 32 nibbles: low ones are the first sixteen elements, high ones the others.
GRAFT_INLINE void nibbles(const uint8_t * in, float d, float m, int lowest, float * out) {
    Bytes q;
    load(in, q);
    put(__builtin_convertvector(q & 15, Ints) + lowest, d, m, out);
    put(__builtin_convertvector(q >> 4, Ints) + lowest, d, m, out + 16);
}

// In bf16 the sixteen numbers that a nibble can stand for are computed, and then looked up.
GRAFT_INLINE void nibbles(const uint8_t * in, float d, float m, int lowest, uint16_t * out) {
#define GRAFT_TWICE 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    const Ints each = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Halves numbers;
    rounded(__builtin_convertvector(each + lowest, graft::Lanes) * d + m, numbers);
    Bytes q;
    load(in, q);
    const Wide shift = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4};
    const Wide nibble = __builtin_convertvector(__builtin_shufflevector(q, q, GRAFT_TWICE), Wide) >> shift & 15;
    const Wide found = __builtin_shuffle(__builtin_shufflevector(numbers, numbers, GRAFT_TWICE), nibble);
    std::memcpy(out, &found, sizeof found);
#undef GRAFT_TWICE
}

template <typename Out>
GRAFT_INLINE void q4_0(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 32, in += 18) {
        nibbles(in + 2, half(in), 0.0f, -8, out + block);
    }
}

template <typename Out>
GRAFT_INLINE void q4_1(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 32, in += 20) {
        nibbles(in + 4, half(in), half(in + 2), 0, out + block);
    }
}

// The fifth bits of all 32 elements follow the block's halves.
template <typename Out>
GRAFT_INLINE void five_bits(const uint8_t * high_bits, float d, float m, int lowest, Out * out) {
    uint32_t high;
    std::memcpy(&high, high_bits, sizeof high);
    const Words element = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Bytes q;
    load(high_bits + 4, q);
    const Words first = __builtin_convertvector(q & 15, Words) | (high >> element & 1u) << 4;
    const Words second = __builtin_convertvector(q >> 4, Words) | (high >> 16 >> element & 1u) << 4;
    put(__builtin_convertvector(first, Ints) + lowest, d, m, out);
    put(__builtin_convertvector(second, Ints) + lowest, d, m, out + 16);
}

template <typename Out>
GRAFT_INLINE void q5_0(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 32, in += 22) {
        five_bits(in + 2, half(in), 0.0f, -16, out + block);
    }
}

template <typename Out>
GRAFT_INLINE void q5_1(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 32, in += 24) {
        five_bits(in + 4, half(in), half(in + 2), 0, out + block);
    }
}

// Scale and minimum of group j, of 6 bits each, in 12 bytes.
GRAFT_INLINE void scale_and_minimum(int j, const uint8_t * s, float * scale, float * minimum) {
    if (j < 4) {
        *scale = static_cast<float>(s[j] & 63);
        *minimum = static_cast<float>(s[j + 4] & 63);
    } else {
        *scale = static_cast<float>((s[j + 4] & 15) | (s[j - 4] >> 6 << 4));
        *minimum = static_cast<float>((s[j + 4] >> 4) | (s[j] >> 6 << 4));
    }
}

// high: the fifth bits, bit j of byte i for element i of group j; null for Q4_K
template <typename Out>
GRAFT_INLINE void k_block(const uint8_t * block, const uint8_t * high, const uint8_t * q, Out * out) {
    const float d = half(block);
    const float dmin = half(block + 2);
    for (int j = 0; j < 8; j += 2, q += 32, out += 64) {
        float s1, m1, s2, m2;
        scale_and_minimum(j, block + 4, &s1, &m1);
        scale_and_minimum(j + 1, block + 4, &s2, &m2);
        for (int i = 0; i < 32; i += 16) {
            Bytes low, fifth{};
            load(q + i, low);
            if (high != nullptr) {
                load(high + i, fifth);
            }
            const Bytes first = (low & 15) | (fifth >> j & 1) << 4;
            const Bytes second = low >> 4 | (fifth >> (j + 1) & 1) << 4;
            put(__builtin_convertvector(first, Ints), d * s1, -(dmin * m1), out + i);
            put(__builtin_convertvector(second, Ints), d * s2, -(dmin * m2), out + 32 + i);
        }
    }
}

template <typename Out>
GRAFT_INLINE void q4_k(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 256, in += 144) {
        k_block(in, nullptr, in + 16, out + block);
    }
}

template <typename Out>
GRAFT_INLINE void q5_k(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 256, in += 176) {
        k_block(in, in + 16, in + 48, out + block);
    }
}

template <typename Out>
GRAFT_INLINE void q6_k(const uint8_t * in, int64_t count, Out * out) {
    for (int64_t block = 0; block < count; block += 256, in += 210) {
        const float d = half(in + 208);
        for (int part = 0; part < 2; part++) {
            const uint8_t * low = in + 64 * part;
            const uint8_t * high = in + 128 + 32 * part;
            const auto * s = reinterpret_cast<const int8_t *>(in + 192 + 8 * part);
            for (int group = 0; group < 8; group++) {  // of 16 elements; two share a run of 32
                const int run = group / 2, from = group % 2 * 16;
                Bytes nibble, top;
                load(low + from + run % 2 * 32, nibble);
                load(high + from, top);
                const Bytes q = (nibble >> (run / 2 * 4) & 15) | (top >> (2 * run) & 3) << 4;
                put(__builtin_convertvector(q, Ints) - 32, d * static_cast<float>(s[group]), 0.0f, out + block + 128 * part + 16 * group);
            }
        }
    }
}

template <typename Out>
GRAFT_INLINE void expand(int type, const uint8_t * in, int64_t count, Out * out) {
    switch (type) {
        case graft::kF32: f32(in, count, out); break;
        case kF16: f16(in, count, out); break;
        case graft::kBf16: bf16(in, count, out); break;
        case graft::kQ4_0: q4_0(in, count, out); break;
        case graft::kQ4_1: q4_1(in, count, out); break;
        case kQ5_0: q5_0(in, count, out); break;
        case kQ5_1: q5_1(in, count, out); break;
        case graft::kQ8_0: q8_0(in, count, out); break;
        case kQ4_K: q4_k(in, count, out); break;
        case kQ5_K: q5_k(in, count, out); break;
        case kQ6_K: q6_k(in, count, out); break;
        default: throw std::invalid_argument("a tensor type that training has no kernel for");
    }
}

GRAFT_KERNEL(void, expand_to_single, (int type, const uint8_t * in, int64_t count, float * out), (type, in, count, out)) {
    expand(type, in, count, out);
}

GRAFT_KERNEL(void, expand_to_half, (int type, const uint8_t * in, int64_t count, uint16_t * out), (type, in, count, out)) {
    expand(type, in, count, out);
}

}  // namespace

namespace graft {

BlockForm block_form(int type) {
    switch (type) {
        case kF32: return {1, 4};
        case kF16:
        case kBf16: return {1, 2};
        case kQ4_0: return {32, 18};
        case kQ4_1: return {32, 20};
        case kQ5_0: return {32, 22};
        case kQ5_1: return {32, 24};
        case graft::kQ8_0: return {32, 34};
        case kQ4_K: return {256, 144};
        case kQ5_K: return {256, 176};
        case kQ6_K: return {256, 210};
        default: throw std::invalid_argument("a tensor type that training has no kernel for");
    }
}

void dequantize(int type, const void * in, int64_t count, float * out) { expand_to_single(type, static_cast<const uint8_t *>(in), count, out); }

void dequantize_half(int type, const void * in, int64_t count, uint16_t * out) { expand_to_half(type, static_cast<const uint8_t *>(in), count, out); }

void to_half(const float * x, int64_t count, uint16_t * y) { dequantize_half(kF32, x, count, y); }

}  // namespace graft

int graft_dequantize(graft_pool * pool, int type, const void * in, int64_t elements, float * out) {
    return graft::at_border([&] {
        graft::require_there(pool, in, out);
        graft::require_sizes(elements);
        const graft::BlockForm form = graft::block_form(type);
        graft::require(elements % form.elements == 0, "part of a block");
        pool->split(elements, kGrain, [&](int, int64_t begin, int64_t end) {
            graft::dequantize(type, static_cast<const uint8_t *>(in) + begin / form.elements * form.bytes, end - begin, out + begin);
        });
    });
}

int graft_embed(graft_pool * pool, int type, const void * table, int64_t vocabulary, int64_t width, const int32_t * tokens, int64_t rows,
                float * out) {
    return graft::at_border([&] {
        graft::require_there(pool, table, tokens, out);
        graft::require_sizes(vocabulary, width);
        graft::require_sizes(rows, width);
        const graft::BlockForm form = graft::block_form(type);
        graft::require(width % form.elements == 0, "part of a block");
        const int64_t row_bytes = width / form.elements * form.bytes;
        for (int64_t row = 0; row < rows; row++) {
            graft::require(tokens[row] >= 0 && tokens[row] < vocabulary, "a token outside the vocabulary");
            graft::dequantize(type, static_cast<const uint8_t *>(table) + tokens[row] * row_bytes, width, out + row * width);
        }
    });
}
