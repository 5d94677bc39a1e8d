// The kernels of graft_mixer.cpp: included once for each instruction set, in its namespace. No include guard, therefore.

using Vector = Lanes::Vector;

// Tokens that one pass over weights serves: their sums must fit the registers.
static constexpr int kTokensAtOnce = Lanes::kCount == 16 ? 4 : 2;

struct Halves {
    static constexpr size_t kBytes = 2;
    static inline Vector load(const uint8_t * p) { return Lanes::load_half(reinterpret_cast<const char *>(p)); }
};

struct Floats {
    static constexpr size_t kBytes = 4;
    static inline Vector load(const uint8_t * p) { return Lanes::load(reinterpret_cast<const float *>(p)); }
};

// kRows rows of A times the activations of kTokens tokens, each scaled. A scale of 1 changes no bit.
template <typename Weights, int kRows, int kTokens>
static inline void down_block(const uint8_t * a, int inputs, const float * const * x, const float * scales, float * const * out) {
    Vector sums[kTokens][kRows];
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int r = 0; r < kRows; r++) {
            sums[t][r] = Lanes::zero();
        }
    }
    for (int i = 0; i < inputs; i += Lanes::kCount) {
        Vector rows[kRows];
#pragma GCC unroll 4
        for (int r = 0; r < kRows; r++) {
            rows[r] = Weights::load(a + (static_cast<size_t>(r) * inputs + i) * Weights::kBytes);
        }
#pragma GCC unroll 4
        for (int t = 0; t < kTokens; t++) {
            const Vector activations = Lanes::load(x[t] + i);
#pragma GCC unroll 4
            for (int r = 0; r < kRows; r++) {
                sums[t][r] = Lanes::fma(rows[r], activations, sums[t][r]);
            }
        }
    }
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int r = 0; r < kRows; r++) {
            out[t][r] = Lanes::sum(sums[t][r]) * scales[t];
        }
    }
}

template <typename Weights, int kTokens>
static inline void down_rows(const Part & part, const float * const * x, const float * scales, float * const * out) {
    const int inputs = part.pair->inputs;
    int r = part.begin;
    float * at[kTokens];
    const auto rows_at = [&] {
        for (int t = 0; t < kTokens; t++) {
            at[t] = out[t] + r;
        }
        return part.pair->a + static_cast<size_t>(r) * inputs * Weights::kBytes;
    };
    for (; r + 4 <= part.end; r += 4) {
        down_block<Weights, 4, kTokens>(rows_at(), inputs, x, scales, at);
    }
    for (; r < part.end; r++) {
        down_block<Weights, 1, kTokens>(rows_at(), inputs, x, scales, at);
    }
}

// A x for a run's tokens, scaled, rows [begin, end). out: [count][stride]
template <typename Weights>
static void down(const Part & part, const Columns & columns, float * out, int stride) {
    constexpr int kTokens = kTokensAtOnce;
    const float * x[kTokens];
    float * middles[kTokens];
    int t = 0;
    const auto tokens_at = [&](int count) {
        for (int i = 0; i < count; i++) {
            x[i] = reinterpret_cast<const float *>(columns.data + part.columns[t + i] * columns.stride);
            middles[i] = out + static_cast<size_t>(t + i) * stride;
        }
    };
    for (; t + kTokens <= part.count; t += kTokens) {
        tokens_at(kTokens);
        down_rows<Weights, kTokens>(part, x, part.scales + t, middles);
    }
    for (; t < part.count; t++) {
        tokens_at(1);
        down_rows<Weights, 1>(part, x, part.scales + t, middles);
    }
}

// One tile of B times the middles of kTokens tokens, added to what the base gave.
template <typename Weights, int kTokens>
static inline void up_tile(const uint8_t * tile, int rank, const float * const * middles, const float * const * from, float * const * to) {
    constexpr int kVectors = kOutputs / Lanes::kCount;
    Vector sums[kTokens][kVectors];
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; v++) {
            sums[t][v] = Lanes::zero();
        }
    }
    for (int r = 0; r < rank; r++, tile += kOutputs * Weights::kBytes) {
        Vector row[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; v++) {
            row[v] = Weights::load(tile + v * Lanes::kCount * Weights::kBytes);
        }
#pragma GCC unroll 4
        for (int t = 0; t < kTokens; t++) {
            const Vector factor = Lanes::all(middles[t][r]);
#pragma GCC unroll 4
            for (int v = 0; v < kVectors; v++) {
                sums[t][v] = Lanes::fma(row[v], factor, sums[t][v]);
            }
        }
    }
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; v++) {
            Lanes::store(to[t] + v * Lanes::kCount, Lanes::add(Lanes::load(from[t] + v * Lanes::kCount), sums[t][v]));
        }
    }
}

template <typename Weights, int kTokens>
static inline void up_tiles(const Part & part, const float * const * middles, const float * const * from, float * const * to) {
    const size_t tile_bytes = static_cast<size_t>(part.pair->rank) * kOutputs * Weights::kBytes;
    for (int n = part.begin; n < part.end; n++) {
        const float * from_tile[kTokens];
        float * to_tile[kTokens];
        for (int t = 0; t < kTokens; t++) {
            from_tile[t] = from[t] + static_cast<size_t>(n) * kOutputs;
            to_tile[t] = to[t] + static_cast<size_t>(n) * kOutputs;
        }
        up_tile<Weights, kTokens>(part.pair->b + n * tile_bytes, part.pair->rank, middles, from_tile, to_tile);
    }
}

// to = from + B m for a run's tokens, tiles [begin, end). m: [count][stride]
template <typename Weights>
static void up(const Part & part, const float * m, int stride, const Columns & from, const Columns & to) {
    constexpr int kTokens = kTokensAtOnce;
    const float * middles[kTokens];
    const float * base[kTokens];
    float * out[kTokens];
    int t = 0;
    const auto tokens_at = [&](int count) {
        for (int i = 0; i < count; i++) {
            const size_t column = part.columns[t + i];
            middles[i] = m + static_cast<size_t>(t + i) * stride;
            base[i] = reinterpret_cast<const float *>(from.data + column * from.stride);
            out[i] = reinterpret_cast<float *>(const_cast<char *>(to.data) + column * to.stride);
        }
    };
    for (; t + kTokens <= part.count; t += kTokens) {
        tokens_at(kTokens);
        up_tiles<Weights, kTokens>(part, middles, base, out);
    }
    for (; t < part.count; t++) {
        tokens_at(1);
        up_tiles<Weights, 1>(part, middles, base, out);
    }
}
