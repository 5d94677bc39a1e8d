// Activations and weights in the order of tiles. Weights of four bits, each block of 32 with a scale and a minimum, are looked up: the sixteen
// numbers that a block can have are computed once for it, rounded, and a block is then one permutation of them. That takes 6 cycles, sixteen blocks
// turned around 10 cycles each; other types are expanded a strip at a time, as for oneDNN, and then put into order.
#include <immintrin.h>

#include <cstring>

#include "lora_amx.h"
#include "lora_blocks.h"
#include "lora_turn.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC's own avx512fintrin.h begins with registers of any content on purpose
#endif
#define GRAFT_WITH_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#define GRAFT_INLINE_WITH_BF16 GRAFT_WITH_BF16 inline __attribute__((always_inline))

namespace {

using graft::kTile;
using graft::kTileDepth;
using graft::kTileSide;

GRAFT_WITH_BF16 void round_row(const float * x, int64_t depth, uint16_t * tiles) {
    for (int64_t i = 0; i < depth; i += kTileDepth, tiles += kTile) {
        const __m512bh both = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + kTileSide), _mm512_loadu_ps(x + i));
        std::memcpy(tiles, &both, sizeof both);
    }
}

// Q4_0: d (q - 8). Q4_1: d q + m. The nibbles follow; low ones are the first sixteen elements, high ones the others.
struct Q4_0 {
    static constexpr int64_t kBytes = 18, kNibbles = 2;
};
struct Q4_1 {
    static constexpr int64_t kBytes = 20, kNibbles = 4;
};

GRAFT_INLINE_WITH_BF16 __m512 from_zero() { return _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }

GRAFT_INLINE_WITH_BF16 __m512 numbers(Q4_0, const uint8_t * block) {
    int16_t d;
    std::memcpy(&d, block, sizeof d);
    return _mm512_mul_ps(_mm512_sub_ps(from_zero(), _mm512_set1_ps(8)), _mm512_cvtph_ps(_mm256_set1_epi16(d)));
}

GRAFT_INLINE_WITH_BF16 __m512 numbers(Q4_1, const uint8_t * block) {
    int32_t both;
    std::memcpy(&both, block, sizeof both);
    const __m512 d_and_m = _mm512_cvtph_ps(_mm256_set1_epi32(both));
    return _mm512_fmadd_ps(from_zero(), _mm512_moveldup_ps(d_and_m), _mm512_movehdup_ps(d_and_m));
}

// index: a word an element, of which the low four bits count, and the fifth may be any.
template <typename Form>
GRAFT_INLINE_WITH_BF16 __m512i looked_up(const uint8_t * block, __m512i index) {
    const __m256bh rounded = _mm512_cvtneps_pbh(numbers(Form{}, block));
    __m256i table;
    std::memcpy(&table, &rounded, sizeof table);
    return _mm512_permutexvar_epi16(index, _mm512_broadcast_i64x4(table));
}

GRAFT_INLINE_WITH_BF16 __m128i nibbles(const uint8_t * at) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(at)); }

// The 32 elements in their order.
template <typename Form>
GRAFT_INLINE_WITH_BF16 __m512i in_order(const uint8_t * block) {
    const __m512i shift = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(4), 1);
    const __m512i twice = _mm512_cvtepu8_epi16(_mm256_broadcastsi128_si256(nibbles(block + Form::kNibbles)));
    return looked_up<Form>(block, _mm512_srlv_epi16(twice, shift));
}

// In each quarter of the register four of the first sixteen elements, then four of the others: as two rows are interleaved by `unpack`, the one half
// of what comes out are the first sixteen columns, and the other the rest.
template <typename Form>
GRAFT_INLINE_WITH_BF16 __m512i by_quarters(const uint8_t * block) {
    constexpr long long kFour = 0x0004000400040004, kFirst = static_cast<long long>(0x8003800280018000);  // bytes 0 to 3, each a word
    const __m512i shift = _mm512_setr_epi64(0, kFour, 0, kFour, 0, kFour, 0, kFour);
    const __m512i quarters = _mm512_setr_epi64(kFirst, kFirst, kFirst + kFour, kFirst + kFour, kFirst + 2 * kFour, kFirst + 2 * kFour,
                                               kFirst + 3 * kFour, kFirst + 3 * kFour);
    const __m512i bytes = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(nibbles(block + Form::kNibbles)), quarters);
    return looked_up<Form>(block, _mm512_srlv_epi16(bytes, shift));
}

// What lies this many outputs further on is asked for meanwhile.
constexpr int64_t kAheadOfColumn = 16, kAheadOfRow = 64;

template <typename Form>
GRAFT_WITH_BF16 void nibbles_as_column(const uint8_t * first, int64_t row_bytes, int64_t depth, uint16_t * tiles) {
    for (int64_t k = 0; k < depth; k += kTileDepth, first += Form::kBytes, tiles += kTile) {
        __m512i row[graft::kWords];
        const uint8_t * block = first;
        for (__m512i & numbers : row) {
            numbers = in_order<Form>(block);
            __builtin_prefetch(block + kAheadOfColumn * row_bytes, 0, 3);
            block += row_bytes;
        }
        graft::turn_around(reinterpret_cast<graft::Words *>(row));
        for (int i = 0; i < graft::kWords; i++) {
            _mm512_storeu_si512(tiles + i * kTileDepth, row[i]);
        }
    }
}

template <typename Form>
GRAFT_WITH_BF16 void nibbles_as_row(const uint8_t * first, int64_t row_bytes, int64_t count, uint16_t * tiles, int64_t across) {
    for (int64_t from = 0; from < count; from += kTileDepth, first += Form::kBytes, tiles += 2 * across) {
        const uint8_t * block = first;
        for (int64_t row = 0; row < kTileDepth; row += 2, block += 2 * row_bytes) {
            __builtin_prefetch(block + kAheadOfRow * row_bytes + Form::kBytes - 1, 0, 3);
            __builtin_prefetch(block + (kAheadOfRow + 1) * row_bytes + Form::kBytes - 1, 0, 3);
            const __m512i even = by_quarters<Form>(block), odd = by_quarters<Form>(block + row_bytes);
            _mm512_storeu_si512(tiles + row * kTileSide, _mm512_unpacklo_epi16(even, odd));
            _mm512_storeu_si512(tiles + across + row * kTileSide, _mm512_unpackhi_epi16(even, odd));
        }
    }
}

}  // namespace

namespace graft {

void left_tiles(const float * x, int64_t rows, int64_t depth, uint16_t * tiles) {
    for (int64_t row = 0; row < (rows + kTileSide - 1) / kTileSide * kTileSide; row++) {
        uint16_t * out = tiles + row / kTileSide * kTileSide * depth + row % kTileSide * kTileDepth;
        if (row < rows) {
            round_row(x + row * depth, depth, out);
        } else {
            for (int64_t i = 0; i < depth; i += kTileDepth, out += kTile) {
                std::memset(out, 0, kTileDepth * sizeof *out);
            }
        }
    }
}

void outputs_as_column(const Weight & w, int64_t output, int64_t from, int64_t depth, uint16_t * strip, uint16_t * tiles) {
    switch (w.type) {
        case kQ4_0: nibbles_as_column<Q4_0>(w.at(output, from), w.row_bytes(), depth, tiles); return;
        case kQ4_1: nibbles_as_column<Q4_1>(w.at(output, from), w.row_bytes(), depth, tiles); return;
        default: break;
    }
    for (int64_t row = 0; row < kTileSide; row++) {
        dequantize_half(w.type, w.at(output + row, from), depth, strip + row * depth);
    }
    rows_as_columns(strip, depth, {kTileSide, kTile, 0}, 0, tiles);
}

void outputs_as_row(const Weight & w, int64_t output, int64_t from, int64_t count, uint16_t * strip, uint16_t * tiles, int64_t across) {
    switch (w.type) {
        case kQ4_0: nibbles_as_row<Q4_0>(w.at(output, from), w.row_bytes(), count, tiles, across); return;
        case kQ4_1: nibbles_as_row<Q4_1>(w.at(output, from), w.row_bytes(), count, tiles, across); return;
        default: break;
    }
    for (int64_t row = 0; row < kTileDepth; row += 2) {
        dequantize_half(w.type, w.at(output + row, from), count, strip);
        dequantize_half(w.type, w.at(output + row + 1, from), count, strip + count);
        two_rows(strip, count, {kTileSide, kTile, across}, row, tiles);
    }
}

}  // namespace graft
