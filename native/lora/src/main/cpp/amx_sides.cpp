// Activations and weights in the order of tiles. Of weights in four bits the sixteen numbers that a block can have are computed once for it and
// rounded; a block is then one permutation of them. That takes some 6 cycles, and to turn a block around 4 more. Types other than those below are
// expanded a strip at a time, as for oneDNN, and then put into order.
#include <immintrin.h>

#include <algorithm>
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

// Two times sixteen numbers, rounded.
GRAFT_INLINE_WITH_BF16 __m512i rounded(__m512 low, __m512 high) {
    const __m512bh both = _mm512_cvtne2ps_pbh(high, low);
    __m512i bits;
    std::memcpy(&bits, &both, sizeof bits);
    return bits;
}

GRAFT_INLINE_WITH_BF16 __m512i rounded(const float * x) { return rounded(_mm512_loadu_ps(x), _mm512_loadu_ps(x + kTileSide)); }

GRAFT_WITH_BF16 void round_row(const float * x, int64_t depth, uint16_t * tiles) {
    for (int64_t i = 0; i < depth; i += kTileDepth, tiles += kTile) {
        _mm512_storeu_si512(tiles, rounded(x + i));
    }
}

// Sixteen columns of two rows, by twos; a row that is missing is 0.
GRAFT_INLINE_WITH_BF16 __m512i by_twos(const float * even, const float * odd) {
    const __m512i interleaved = _mm512_setr_epi32(0x100000, 0x110001, 0x120002, 0x130003, 0x140004, 0x150005, 0x160006, 0x170007, 0x180008, 0x190009,
                                                  0x1a000a, 0x1b000b, 0x1c000c, 0x1d000d, 0x1e000e, 0x1f000f);
    const __m512 low = even == nullptr ? _mm512_setzero_ps() : _mm512_loadu_ps(even);
    const __m512 high = odd == nullptr ? _mm512_setzero_ps() : _mm512_loadu_ps(odd);
    return _mm512_permutexvar_epi16(interleaved, rounded(low, high));
}

GRAFT_INLINE_WITH_BF16 void store_turned(__m512i * row, uint16_t * tile) {
    graft::turn_around(reinterpret_cast<graft::Words *>(row));
    for (int i = 0; i < graft::kWords; i++) {
        _mm512_storeu_si512(tile + i * kTileDepth, row[i]);
    }
}

GRAFT_WITH_BF16 void turned_rows(const graft::Runs & rows, int64_t from, int64_t depth, uint16_t * tiles) {
    const int64_t count = std::min(kTileSide, rows.count - from);
    for (int64_t k = 0; k < depth; k += kTileDepth, tiles += kTile) {
        __m512i row[graft::kWords];
        for (int i = 0; i < graft::kWords; i++) {
            row[i] = i < count ? rounded(rows.row(from + i) + k) : _mm512_setzero_si512();
        }
        store_turned(row, tiles);
    }
}

GRAFT_WITH_BF16 void paired_rows(const graft::Runs & rows, int64_t from, int64_t width, uint16_t * tiles, int64_t across) {
    for (int64_t k = 0; k < kTileDepth; k += 2) {
        const float * even = from + k < rows.count ? rows.row(from + k) : nullptr;
        const float * odd = from + k + 1 < rows.count ? rows.row(from + k + 1) : nullptr;
        for (int64_t column = 0; column < width; column += kTileSide) {
            const __m512i row = by_twos(even == nullptr ? even : even + column, odd == nullptr ? odd : odd + column);
            _mm512_storeu_si512(tiles + column / kTileSide * across + k * kTileSide, row);
        }
    }
}

GRAFT_WITH_BF16 void turned_columns(const float * x, int64_t stride, int64_t rows, int64_t columns, uint16_t * tiles) {
    for (int64_t column = 0; column < columns; column += kTileSide, tiles += kTile) {
        __m512i row[graft::kWords];
        for (int64_t i = 0; i < graft::kWords; i++) {
            const float * even = x + 2 * i * stride + column;
            row[i] = by_twos(2 * i < rows ? even : nullptr, 2 * i + 1 < rows ? even + stride : nullptr);
        }
        store_turned(row, tiles);
    }
}

// Blocks of 32: a scale, in Q4_1 a minimum too, then the quants, in four bits the first sixteen elements' below the others'.
struct Q8_0 {
    static constexpr int64_t kBytes = 34;
};
struct Q4_0 {
    static constexpr int64_t kBytes = 18, kNibbles = 2;
};
struct Q4_1 {
    static constexpr int64_t kBytes = 20, kNibbles = 4;
};

GRAFT_INLINE_WITH_BF16 __m512 scale_of(const uint8_t * block) {
    int16_t d;
    std::memcpy(&d, block, sizeof d);
    return _mm512_cvtph_ps(_mm256_set1_epi16(d));
}

GRAFT_INLINE_WITH_BF16 __m128i sixteen(const uint8_t * at) { return _mm_loadu_si128(reinterpret_cast<const __m128i *>(at)); }

// The sixteen numbers that a block can have: d (q - 8), or d q + m.
GRAFT_INLINE_WITH_BF16 __m512 numbers(Q4_0, const uint8_t * block) {
    return _mm512_mul_ps(_mm512_setr_ps(-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7), scale_of(block));
}

GRAFT_INLINE_WITH_BF16 __m512 numbers(Q4_1, const uint8_t * block) {
    int32_t both;
    std::memcpy(&both, block, sizeof both);
    const __m512 d_and_m = _mm512_cvtph_ps(_mm256_set1_epi32(both));
    const __m512 q = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_fmadd_ps(q, _mm512_moveldup_ps(d_and_m), _mm512_movehdup_ps(d_and_m));
}

// The 32 numbers of a block. Of an index to the table its low four bits count: the table is there twice.
template <typename Form>
GRAFT_INLINE_WITH_BF16 __m512i expanded(Form form, const uint8_t * block) {
    const __m512i shift = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(4), 1);
    const __m512i quants = _mm512_cvtepu8_epi16(_mm256_broadcastsi128_si256(sixteen(block + Form::kNibbles)));
    const __m256bh rounded = _mm512_cvtneps_pbh(numbers(form, block));
    __m256i table;
    std::memcpy(&table, &rounded, sizeof table);
    return _mm512_permutexvar_epi16(_mm512_srlv_epi16(quants, shift), _mm512_broadcast_i64x4(table));
}

GRAFT_INLINE_WITH_BF16 __m512i expanded(Q8_0, const uint8_t * block) {
    const __m512 d = scale_of(block);
    const __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(sixteen(block + 2)));
    const __m512 high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(sixteen(block + 18)));
    return rounded(_mm512_mul_ps(low, d), _mm512_mul_ps(high, d));
}

// In each quarter of the register four of the first sixteen, then four of the others: as two rows are interleaved by `unpack`, the one half of what
// comes out are the first sixteen columns, and the other the rest.
template <typename Form>
GRAFT_INLINE_WITH_BF16 __m512i by_quarters(const uint8_t * block) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), expanded(Form{}, block));
}

// What lies this many outputs further on is asked for meanwhile.
constexpr int64_t kAheadOfColumn = 16, kAheadOfRow = 64;

template <typename Form>
GRAFT_WITH_BF16 void blocks_as_column(const uint8_t * first, int64_t row_bytes, int64_t depth, uint16_t * tiles) {
    for (int64_t k = 0; k < depth; k += kTileDepth, first += Form::kBytes, tiles += kTile) {
        __m512i row[graft::kWords];
        const uint8_t * block = first;
        for (__m512i & numbers : row) {
            numbers = expanded(Form{}, block);
            __builtin_prefetch(block + kAheadOfColumn * row_bytes, 0, 3);
            block += row_bytes;
        }
        store_turned(row, tiles);
    }
}

template <typename Form>
GRAFT_WITH_BF16 void blocks_as_row(const uint8_t * first, int64_t row_bytes, int64_t count, uint16_t * tiles, int64_t across) {
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

void left_tiles(const float * x, int64_t stride, int64_t rows, int64_t depth, uint16_t * tiles) {
    for (int64_t row = 0; row < whole_tiles(rows); row++) {
        uint16_t * out = tiles + row / kTileSide * kTileSide * depth + row % kTileSide * kTileDepth;
        if (row < rows) {
            round_row(x + row * stride, depth, out);
        } else {
            for (int64_t i = 0; i < depth; i += kTileDepth, out += kTile) {
                std::memset(out, 0, kTileDepth * sizeof *out);
            }
        }
    }
}

void rows_as_column(const Runs & rows, int64_t from, int64_t depth, uint16_t * tiles) { turned_rows(rows, from, depth, tiles); }

void rows_as_row(const Runs & rows, int64_t from, int64_t width, uint16_t * tiles, int64_t across) { paired_rows(rows, from, width, tiles, across); }

void columns_as_left(const float * x, int64_t stride, int64_t rows, int64_t columns, uint16_t * tiles) {
    turned_columns(x, stride, rows, columns, tiles);
}

void outputs_as_column(const Weight & w, int64_t output, int64_t from, int64_t depth, uint16_t * strip, uint16_t * tiles) {
    switch (w.type) {
        case kQ8_0: blocks_as_column<Q8_0>(w.at(output, from), w.row_bytes(), depth, tiles); return;
        case kQ4_0: blocks_as_column<Q4_0>(w.at(output, from), w.row_bytes(), depth, tiles); return;
        case kQ4_1: blocks_as_column<Q4_1>(w.at(output, from), w.row_bytes(), depth, tiles); return;
        default: break;
    }
    for (int64_t row = 0; row < kTileSide; row++) {
        dequantize_half(w.type, w.at(output + row, from), depth, strip + row * depth);
    }
    rows_as_columns(strip, depth, {kTileSide, kTile, 0}, 0, tiles);
}

void outputs_as_row(const Weight & w, int64_t output, int64_t from, int64_t count, uint16_t * strip, uint16_t * tiles, int64_t across) {
    switch (w.type) {
        case kQ8_0: blocks_as_row<Q8_0>(w.at(output, from), w.row_bytes(), count, tiles, across); return;
        case kQ4_0: blocks_as_row<Q4_0>(w.at(output, from), w.row_bytes(), count, tiles, across); return;
        case kQ4_1: blocks_as_row<Q4_1>(w.at(output, from), w.row_bytes(), count, tiles, across); return;
        default: break;
    }
    for (int64_t row = 0; row < kTileDepth; row += 2) {
        dequantize_half(w.type, w.at(output + row, from), count, strip);
        dequantize_half(w.type, w.at(output + row + 1, from), count, strip + count);
        two_rows(strip, count, {kTileSide, kTile, across}, row, tiles);
    }
}

}  // namespace graft
