// The kernel of graft_matrix.cpp for AVX-512 with VNNI: a vector has four quants of each of a tile's sixteen outputs.

static constexpr int kMostTokens = 8;  // of one pass over a tile

static inline __m512i four_activations(const int8_t * p) {
    int32_t four;
    memcpy(&four, p, sizeof(four));
    return _mm512_set1_epi32(four);
}

static inline __m512 halves(const uint8_t * p) { return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))); }

// The quants of a block as unsigned bytes: vector g has the inputs 4 g .. 4 g + 3 of each output.
template <Quants kQuants>
static inline void unpack(const uint8_t * block, __m512i * quants) {
    if constexpr (four_bits(kQuants)) {
        const __m512i low = _mm512_set1_epi8(0x0f);
#pragma GCC unroll 8
        for (int g = 0; g < 4; g++) {  // as in ggml, a byte has an input of the block's first half, and the one 16 after it
            const __m512i bytes = _mm512_loadu_si512(block + g * kVector);
            quants[g] = _mm512_and_si512(bytes, low);
            quants[g + 4] = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low);
        }
    } else {
#pragma GCC unroll 8
        for (int g = 0; g < 8; g++) {
            quants[g] = _mm512_loadu_si512(block + g * kVector);
        }
    }
}

// One tile's outputs for kTokens tokens, from `token` on. The first pass over a tile reads ahead.
template <Quants kQuants, int kTokens>
static inline void multiply_tile(const Multiplication & work, const uint8_t * tile, int token, float * out) {
    const int blocks = work.matrix->inputs / kBlock;
    const QuantizedRows & rows = *work.rows;
    const size_t first = static_cast<size_t>(token) * blocks;
    __m512 sums[kTokens];
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; t++) {
        sums[t] = _mm512_setzero_ps();
    }
    for (int b = 0; b < blocks; b++, tile += block_bytes(kQuants)) {
        if (token == work.first_token) {
            ask_ahead<block_bytes(kQuants)>(tile);
        }
        work.later->ask();
        __m512i quants[8];
        unpack<kQuants>(tile, quants);
        const __m512 scales = halves(tile + quant_bytes(kQuants));
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; t++) {
            const size_t at = first + static_cast<size_t>(t) * blocks + b;
            const int8_t * x = rows.quants.data() + at * kBlock;
            __m512i even = _mm512_setzero_si512();
            __m512i odd = _mm512_set1_epi32(-offset(kQuants) * rows.whole_sums[at]);
#pragma GCC unroll 8
            for (int g = 0; g < 8; g += 2) {
                even = _mm512_dpbusd_epi32(even, quants[g], four_activations(x + g * kGroup));
                odd = _mm512_dpbusd_epi32(odd, quants[g + 1], four_activations(x + (g + 1) * kGroup));
            }
            const __m512 whole = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
            sums[t] = _mm512_fmadd_ps(whole, _mm512_mul_ps(scales, _mm512_set1_ps(rows.scales[at])), sums[t]);
            if constexpr (kQuants == Quants::kQ4_1) {
                sums[t] = _mm512_fmadd_ps(halves(tile + quant_bytes(kQuants) + kHalfRow), _mm512_set1_ps(rows.sums[at]), sums[t]);
            }
        }
    }
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; t++) {
        _mm512_storeu_ps(out + t * work.out_stride, sums[t]);
    }
}

template <Quants kQuants>
static void multiply_tokens(const Multiplication & work, const uint8_t * tile, int token, int tokens, float * out) {
    switch (tokens) {
        case 1: multiply_tile<kQuants, 1>(work, tile, token, out); return;
        case 2: multiply_tile<kQuants, 2>(work, tile, token, out); return;
        case 3: multiply_tile<kQuants, 3>(work, tile, token, out); return;
        case 4: multiply_tile<kQuants, 4>(work, tile, token, out); return;
        case 5: multiply_tile<kQuants, 5>(work, tile, token, out); return;
        case 6: multiply_tile<kQuants, 6>(work, tile, token, out); return;
        case 7: multiply_tile<kQuants, 7>(work, tile, token, out); return;
        default: multiply_tile<kQuants, 8>(work, tile, token, out);
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
            const int count = work.first_token + share(all, p + 1, passes) - t;
            multiply_tokens<kQuants>(work, tile, t, count, work.out + t * work.out_stride + n * kTile);
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
