// The kernel of graft_matrix.cpp for AMX (Intel's manual, volume 1, chapter 18), for many tokens. A block of a tile of outputs is one register: 8
// rows of four inputs of each of the sixteen outputs. It meets a register of sixteen tokens' activations; their products, whole numbers, are scaled
// and added up in the order of the kernel for AVX-512: the same bits come out.

using avx512::halves;
using avx512::unpack;

static constexpr int kTileTokens = 16;
// What is unpacked for all tokens: 64 KB, in the second cache.
static constexpr int kTilesAtOnce = 4;
static constexpr int kBlocksAtOnce = 32;
static constexpr size_t kUnpackedBlock = kVector * (kBlock / kGroup);

// What _tile_loadconfig reads. A constant in memory: GCC before 12.4 drops what is written to a local one.
struct alignas(64) Palette {
    uint8_t id = 1;
    uint8_t start_row = 0;
    uint8_t reserved[14] = {};
    uint16_t row_bytes[16] = {64, 64, kBlock, kBlock, 64, 64};
    uint8_t rows[16] = {kTileTokens, kTileTokens, kTileTokens, kTileTokens, kBlock / kGroup, kBlock / kGroup};
};
static constexpr Palette kPalette{};

// Blocks of one tile of outputs.
struct Blocks {
    const uint8_t * packed;  // the first, as it is stored
    const uint8_t * quants;  // likewise, as unsigned bytes
    size_t stride;           // of those
    int first;
    int count;
};

// Sums of products of one block, [tokens][outputs].
struct alignas(64) Whole {
    int32_t sums[kTileTokens * kTile];
};

// What sixteen tokens' sums of one block are scaled by.
struct alignas(64) Factors {
    float scales[kTileTokens];
    float sums[kTileTokens];       // of Q4_1
    int32_t offsets[kTileTokens];  // of the others: what is added to whole sums
};

// The factors of a thread's tokens, [tokens / 16][blocks].
template <Quants kQuants>
static const Factors * factors_of(const Multiplication & work) {
    thread_local std::vector<Factors> factors;
    const size_t blocks = work.matrix->inputs / kBlock;
    const size_t groups = static_cast<size_t>(work.last_token - work.first_token) / kTileTokens;
    factors.resize(std::max(factors.size(), groups * blocks));
    for (size_t t = 0; t < groups * kTileTokens; t++) {
        const size_t from = (work.first_token + t) * blocks;
        Factors * to = factors.data() + t / kTileTokens * blocks;
        for (size_t b = 0; b < blocks; b++) {
            to[b].scales[t % kTileTokens] = work.rows->scales[from + b];
            if constexpr (kQuants == Quants::kQ4_1) {
                to[b].sums[t % kTileTokens] = work.rows->sums[from + b];
            } else {
                to[b].offsets[t % kTileTokens] = -offset(kQuants) * work.rows->whole_sums[from + b];
            }
        }
    }
    return factors.data();
}

template <Quants kQuants>
static inline void add_scaled(const Factors & factors, const uint8_t * packed, const Whole & whole, __m512 * sums) {
    const __m512 scales = halves(packed + quant_bytes(kQuants));
    [[maybe_unused]] __m512 minima;
    if constexpr (kQuants == Quants::kQ4_1) {
        minima = halves(packed + quant_bytes(kQuants) + kHalfRow);
    }
#pragma GCC unroll 16
    for (int t = 0; t < kTileTokens; t++) {
        __m512i products = _mm512_load_si512(whole.sums + t * kTile);
        if constexpr (kQuants != Quants::kQ4_1) {
            products = _mm512_add_epi32(products, _mm512_set1_epi32(factors.offsets[t]));
        }
        sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(products), _mm512_mul_ps(scales, _mm512_set1_ps(factors.scales[t])), sums[t]);
        if constexpr (kQuants == Quants::kQ4_1) {
            sums[t] = _mm512_fmadd_ps(minima, _mm512_set1_ps(factors.sums[t]), sums[t]);
        }
    }
}

// One tile's outputs for sixteen tokens; what the blocks before gave is in out. Registers 0 and 1 are sums, 2 and 3 activations, 4 and 5 weights.
template <Quants kQuants>
static inline void multiply_tile(const Blocks & blocks, const int8_t * x, size_t inputs, const Factors * factors, float * out, size_t out_stride) {
    constexpr size_t kRow = kTile * sizeof(int32_t);
    __m512 sums[kTileTokens];
#pragma GCC unroll 16
    for (int t = 0; t < kTileTokens; t++) {
        sums[t] = blocks.first == 0 ? _mm512_setzero_ps() : _mm512_loadu_ps(out + t * out_stride);
    }
    Whole even, odd;
    x += blocks.first * kBlock;
    factors += blocks.first;
    const uint8_t * quants = blocks.quants;
    const uint8_t * packed = blocks.packed;
    for (int b = 0; b < blocks.count; b += 2, x += 2 * kBlock, factors += 2, quants += 2 * blocks.stride, packed += 2 * block_bytes(kQuants)) {
        const bool two = b + 1 < blocks.count;
        _tile_loadd(2, x, inputs);
        _tile_loadd(4, quants, kVector);
        _tile_zero(0);
        _tile_dpbsud(0, 2, 4);
        if (two) {
            _tile_loadd(3, x + kBlock, inputs);
            _tile_loadd(5, quants + blocks.stride, kVector);
            _tile_zero(1);
            _tile_dpbsud(1, 3, 5);
        }
        _tile_stored(0, even.sums, kRow);
        if (two) {
            _tile_stored(1, odd.sums, kRow);
        }
        add_scaled<kQuants>(factors[0], packed, even, sums);
        if (two) {
            add_scaled<kQuants>(factors[1], packed + block_bytes(kQuants), odd, sums);
        }
    }
#pragma GCC unroll 16
    for (int t = 0; t < kTileTokens; t++) {
        _mm512_storeu_ps(out + t * out_stride, sums[t]);
    }
}

// Blocks of a tile from `first` on; quants of four bits are unpacked to there.
template <Quants kQuants>
static inline Blocks blocks_of(const Multiplication & work, int tile, int first, uint8_t * unpacked) {
    const int all = work.matrix->inputs / kBlock;
    const uint8_t * packed = work.matrix->tiles + tile * tile_bytes(*work.matrix) + first * block_bytes(kQuants);
    const int count = std::min(kBlocksAtOnce, all - first);
    if constexpr (!four_bits(kQuants)) {
        return {packed, packed, block_bytes(kQuants), first, count};
    }
    for (int b = 0; b < count; b++) {
        const uint8_t * block = packed + b * block_bytes(kQuants);
        ask_ahead<block_bytes(kQuants)>(block);
        __m512i quants[kBlock / kGroup];
        unpack<kQuants>(block, quants);
#pragma GCC unroll 8
        for (int g = 0; g < kBlock / kGroup; g++) {
            _mm512_store_si512(unpacked + b * kUnpackedBlock + g * kVector, quants[g]);
        }
    }
    return {packed, unpacked, kUnpackedBlock, first, count};
}

// Sixteen tokens' activations stay in the first cache while some tiles of weights pass by.
template <Quants kQuants>
static void multiply_tiles(const Multiplication & work) {
    const size_t inputs = work.matrix->inputs;
    const Factors * factors = factors_of<kQuants>(work);
    alignas(64) uint8_t unpacked[kTilesAtOnce * kBlocksAtOnce * kUnpackedBlock];
    for (int n = work.first_tile; n < work.last_tile; n += kTilesAtOnce) {
        const int tiles = std::min(kTilesAtOnce, work.last_tile - n);
        for (int first = 0; first < static_cast<int>(inputs / kBlock); first += kBlocksAtOnce) {
            Blocks blocks[kTilesAtOnce];
            for (int i = 0; i < tiles; i++) {
                blocks[i] = blocks_of<kQuants>(work, n + i, first, unpacked + i * kBlocksAtOnce * kUnpackedBlock);
            }
            for (int token = work.first_token; token + kTileTokens <= work.last_token; token += kTileTokens) {
                const int8_t * x = work.rows->quants.data() + token * inputs;
                const Factors * scaled_by = factors + static_cast<size_t>(token - work.first_token) / kTileTokens * (inputs / kBlock);
                for (int i = 0; i < tiles; i++) {
                    float * out = work.out + token * work.out_stride + (n + i) * kTile;
                    multiply_tile<kQuants>(blocks[i], x, inputs, scaled_by, out, work.out_stride);
                }
            }
        }
    }
}

// All tokens but those that do not fill a register.
static void multiply_sixteens(const Multiplication & work) {
    _tile_loadconfig(&kPalette);
    switch (work.matrix->quants) {
        case Quants::kQ4_0: multiply_tiles<Quants::kQ4_0>(work); break;
        case Quants::kQ4_1: multiply_tiles<Quants::kQ4_1>(work); break;
        case Quants::kQ8_0: multiply_tiles<Quants::kQ8_0>(work); break;
    }
    _tile_release();
}

static void multiply(const Multiplication & work) {
    constexpr int kFew = 8;  // tokens, for which the other kernel takes less time than a register of sixteen
    multiply_sixteens(work);
    const int left = (work.last_token - work.first_token) % kTileTokens;
    Multiplication rest = work;
    if (left > kFew) {
        // Some once more; not in the same pass, whose sums lie in out between one lot of blocks and the next.
        rest.first_token = work.last_token - kTileTokens;
        multiply_sixteens(rest);
    } else if (left > 0) {
        rest.first_token = work.last_token - left;
        avx512::multiply(rest);
    }
}
