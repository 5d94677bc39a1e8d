// The kernel of graft_matrix.cpp for AVX2, and how activations are quantized on all processors. A vector has four quants of each of eight outputs:
// half a tile. Both halves are computed together, for the four activations that they meet are then brought into a vector once.

static constexpr int kLanes = 8;
static constexpr int kHalves = kTile / kLanes;
static constexpr int kMostTokens = 4;  // of one pass over a tile

static inline float to_half_and_back(float x) { return _cvtsh_ss(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT)); }

static inline int32_t sum_of(__m256i x) {
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    const __m128i pair = _mm_add_epi32(half, _mm_unpackhi_epi64(half, half));
    return _mm_cvtsi128_si32(_mm_add_epi32(pair, _mm_shuffle_epi32(pair, 1)));
}

// One block of 32 activations. Rounds as ggml's quantize_row_q8_1 for x86 does.
static inline void quantize_block(const float * x, size_t at, QuantizedRows & rows) {
    __m256 v[4];
    __m256 highest = _mm256_setzero_ps();
    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_loadu_ps(x + i * kLanes);
        highest = _mm256_max_ps(highest, _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v[i]));
    }
    const float most = Lanes::highest(highest);
    const __m256 inverse = _mm256_set1_ps(most != 0.0f ? 127.0f / most : 0.0f);
    __m256i q[4];
    for (int i = 0; i < 4; i++) {
        q[i] = _mm256_cvtps_epi32(_mm256_round_ps(_mm256_mul_ps(v[i], inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    }
    const int32_t sum = sum_of(_mm256_add_epi32(_mm256_add_epi32(q[0], q[1]), _mm256_add_epi32(q[2], q[3])));
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    const __m256i in_order = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(rows.quants.data() + at * kBlock), in_order);
    const float scale = most / 127.0f;
    rows.scales[at] = to_half_and_back(scale);
    rows.sums[at] = to_half_and_back(scale * static_cast<float>(sum));
    rows.whole_sums[at] = sum;
}

// The blocks [begin, end) of all rows' blocks, counted row by row.
static void quantize(const Activations & x, int begin, int end, QuantizedRows & rows) {
    for (int at = begin; at < end; at++) {
        const char * row = reinterpret_cast<const char *>(x.data) + at / x.blocks * x.stride;
        quantize_block(reinterpret_cast<const float *>(row) + at % x.blocks * kBlock, at, rows);
    }
}

static inline __m256i four_activations(const int8_t * p) {
    int32_t four;
    memcpy(&four, p, sizeof(four));
    return _mm256_set1_epi32(four);
}

static inline __m256i bytes_at(const uint8_t * p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)); }

static inline __m256 halves(const uint8_t * p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))); }

// A sum as far as it has come. GCC would otherwise add up all of a block's products at its end, and keep them in memory until then.
static inline void settle(__m256i & sum) { asm("" : "+x"(sum)); }

// Adds up a block's products of quants and activations, exactly: sums[t] has one whole number for each output.
template <Quants kQuants, int kTokens>
static inline void multiply_block(const uint8_t * block, const int8_t * const * x, __m256i (*sums)[kHalves]) {
    const __m256i ones = _mm256_set1_epi16(1);
#pragma GCC unroll 8
    for (int g = 0; g < kBlock / kGroup / (four_bits(kQuants) ? 2 : 1); g++) {
        __m256i quants[kHalves];
        __m256i others[kHalves];  // of four bits: the inputs 16 further on; of eight: how large each is
#pragma GCC unroll 2
        for (int h = 0; h < kHalves; h++) {
            const __m256i bytes = bytes_at(block + g * kVector + h * kLanes * kGroup);
            if constexpr (four_bits(kQuants)) {
                const __m256i low_bits = _mm256_set1_epi8(0x0f);
                quants[h] = _mm256_and_si256(bytes, low_bits);
                others[h] = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_bits);
            } else {
                quants[h] = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
                others[h] = _mm256_abs_epi8(quants[h]);
            }
        }
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; t++) {
            const __m256i four = four_activations(x[t] + g * kGroup);
#pragma GCC unroll 2
            for (int h = 0; h < kHalves; h++) {
                if constexpr (four_bits(kQuants)) {  // 16 bits suffice: 8 * 2 * 15 * 127 < 2^15
                    const __m256i first = _mm256_maddubs_epi16(quants[h], four);
                    const __m256i second = _mm256_maddubs_epi16(others[h], four_activations(x[t] + kBlock / 2 + g * kGroup));
                    sums[t][h] = _mm256_add_epi16(sums[t][h], _mm256_add_epi16(first, second));
                } else {
                    const __m256i pairs = _mm256_maddubs_epi16(others[h], _mm256_sign_epi8(four, quants[h]));
                    sums[t][h] = _mm256_add_epi32(sums[t][h], _mm256_madd_epi16(pairs, ones));
                }
                settle(sums[t][h]);
            }
        }
    }
    if constexpr (four_bits(kQuants)) {
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 2
            for (int h = 0; h < kHalves; h++) {
                sums[t][h] = _mm256_madd_epi16(sums[t][h], ones);
            }
        }
    }
}

// One tile's outputs for kTokens tokens, from `token` on. The first pass over a tile reads ahead.
template <Quants kQuants, int kTokens>
static inline void multiply_tile(const Multiplication & work, const uint8_t * tile, int token, float * out) {
    const int blocks = work.matrix->inputs / kBlock;
    const QuantizedRows & rows = *work.rows;
    __m256 sums[kTokens][kHalves];
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHalves; i++) {
        sums[i / kHalves][i % kHalves] = _mm256_setzero_ps();
    }
    for (int b = 0; b < blocks; b++, tile += block_bytes(kQuants)) {
        if (token == work.first_token) {
            ask_ahead<block_bytes(kQuants)>(tile);
        }
        work.later->ask();
        size_t at[kTokens];
        const int8_t * x[kTokens];
        __m256i whole[kTokens][kHalves];
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; t++) {
            at[t] = static_cast<size_t>(token + t) * blocks + b;
            x[t] = rows.quants.data() + at[t] * kBlock;
            whole[t][0] = whole[t][1] = _mm256_setzero_si256();
        }
        multiply_block<kQuants, kTokens>(tile, x, whole);
#pragma GCC unroll 2
        for (int h = 0; h < kHalves; h++) {
            const uint8_t * scale_row = tile + quant_bytes(kQuants) + h * kLanes * sizeof(uint16_t);
            const __m256 scales = halves(scale_row);
#pragma GCC unroll 8
            for (int t = 0; t < kTokens; t++) {
                if constexpr (kQuants == Quants::kQ4_0) {
                    whole[t][h] = _mm256_sub_epi32(whole[t][h], _mm256_set1_epi32(offset(kQuants) * rows.whole_sums[at[t]]));
                }
                const __m256 factor = _mm256_mul_ps(scales, _mm256_set1_ps(rows.scales[at[t]]));
                sums[t][h] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole[t][h]), factor, sums[t][h]);
                if constexpr (kQuants == Quants::kQ4_1) {
                    sums[t][h] = _mm256_fmadd_ps(halves(scale_row + kHalfRow), _mm256_set1_ps(rows.sums[at[t]]), sums[t][h]);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 2
        for (int h = 0; h < kHalves; h++) {
            _mm256_storeu_ps(out + t * work.out_stride + h * kLanes, sums[t][h]);
        }
    }
}

template <Quants kQuants>
static void multiply_tokens(const Multiplication & work, const uint8_t * tile, int token, int tokens, float * out) {
    switch (tokens) {
        case 1: multiply_tile<kQuants, 1>(work, tile, token, out); return;
        case 2: multiply_tile<kQuants, 2>(work, tile, token, out); return;
        case 3: multiply_tile<kQuants, 3>(work, tile, token, out); return;
        default: multiply_tile<kQuants, 4>(work, tile, token, out);
    }
}

template <Quants kQuants>
static void multiply_tiles(const Multiplication & work) {
    const int all = work.last_token - work.first_token;
    const int passes = (all + kMostTokens - 1) / kMostTokens;
    for (int n = work.first_tile; n < work.last_tile; n++) {
        const uint8_t * tile = work.matrix->tiles + n * tile_bytes(*work.matrix);
        for (int p = 0; p < passes; p++) {
            const int t = work.first_token + share(all, p, passes);
            const int tokens = work.first_token + share(all, p + 1, passes) - t;
            multiply_tokens<kQuants>(work, tile, t, tokens, work.out + t * work.out_stride + n * kTile);
        }
    }
}

static void multiply(const Multiplication & work) {
    switch (work.matrix->quants) {
        case Quants::kQ4_0: multiply_tiles<Quants::kQ4_0>(work); return;
        case Quants::kQ4_1: multiply_tiles<Quants::kQ4_1>(work); return;
        case Quants::kQ8_0: multiply_tiles<Quants::kQ8_0>(work); return;
    }
}
