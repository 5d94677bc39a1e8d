// The kernels of graft_mixer.cpp: included once for each instruction set, in its namespace. No include guard, therefore.

using Vector = Lanes::Vector;

// Tokens that one pass over weights serves: their sums must fit the registers.
static constexpr int kTokensAtOnce = Lanes::kCount == 16 ? 4 : 2;

// Sums that one token's pass takes side by side: one alone would wait for each addition.
static constexpr int kSums = 8;

struct Bytes {
    static constexpr size_t kBytes = 1;
    static constexpr bool kSteps = true;
    static inline Vector load(const uint8_t * p) { return Lanes::load_bytes(reinterpret_cast<const int8_t *>(p)); }
};

struct Halves {
    static constexpr size_t kBytes = 2;
    static constexpr bool kSteps = false;
    static inline Vector load(const uint8_t * p) { return Lanes::load_half(reinterpret_cast<const char *>(p)); }
};

struct Floats {
    static constexpr size_t kBytes = 4;
    static constexpr bool kSteps = false;
    static inline Vector load(const uint8_t * p) { return Lanes::load(reinterpret_cast<const float *>(p)); }
};

// kCount rows of A times the activations of kTokens tokens, each scaled. A scale of 1 changes no bit. stride: of the rows' sixteens, see row_place.
// steps: of the rows, where weights have them.
template <typename Weights, int kCount, int kTokens>
static inline void down_block(const uint8_t * a, size_t stride, const float * steps, int inputs, const float * const * x, const float * scales,
                              float * const * out) {
    Vector sums[kTokens][kCount];
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int r = 0; r < kCount; r++) {
            sums[t][r] = Lanes::zero();
        }
    }
    for (int i = 0; i < inputs; i += Lanes::kCount) {
        const uint8_t * sixteen = a + (i / kInputs * stride + i % kInputs) * Weights::kBytes;
        ask_ahead<kCount * Lanes::kCount * Weights::kBytes>(sixteen);
        Vector rows[kCount];
#pragma GCC unroll 4
        for (int r = 0; r < kCount; r++) {
            rows[r] = Weights::load(sixteen + r * kInputs * Weights::kBytes);
        }
#pragma GCC unroll 4
        for (int t = 0; t < kTokens; t++) {
            const Vector activations = Lanes::load(x[t] + i);
#pragma GCC unroll 4
            for (int r = 0; r < kCount; r++) {
                sums[t][r] = Lanes::fma(rows[r], activations, sums[t][r]);
            }
        }
    }
#pragma GCC unroll 4
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 4
        for (int r = 0; r < kCount; r++) {
            const float sum = Lanes::sum(sums[t][r]);
            out[t][r] = (Weights::kSteps ? sum * steps[r] : sum) * scales[t];
        }
    }
}

template <typename Weights, int kTokens>
static inline void down_rows(const Part & part, const float * const * x, const float * scales, float * const * out) {
    const int inputs = part.pair->inputs;
    int r = part.begin;
    float * at[kTokens];
    while (r < part.end) {
        for (int t = 0; t < kTokens; t++) {
            at[t] = out[t] + r;
        }
        const RowPlace place = row_place(part.pair->rank, inputs, r);
        const uint8_t * a = part.pair->a + place.first * Weights::kBytes;
        const float * steps = Weights::kSteps ? part.pair->a_steps + r : nullptr;
        if (r % kRows == 0 && r + kRows <= part.end) {
            down_block<Weights, kRows, kTokens>(a, kRows * kInputs, steps, inputs, x, scales, at);
            r += kRows;
        } else {
            down_block<Weights, 1, kTokens>(a, place.stride, steps, inputs, x, scales, at);
            r++;
        }
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

// kTiles tiles of B times the middles of kTokens tokens, added to what the base gave. steps: of the tiles' outputs, where weights have them.
template <typename Weights, int kTiles, int kTokens>
static inline void up_block(const uint8_t * tiles, const float * steps, int rank, const float * const * middles, const float * const * from,
                            float * const * to) {
    constexpr int kVectors = kOutputs / Lanes::kCount;
    constexpr size_t kRowBytes = kOutputs * Weights::kBytes;
    Vector sums[kTokens][kTiles * kVectors];
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 8
        for (int v = 0; v < kTiles * kVectors; v++) {
            sums[t][v] = Lanes::zero();
        }
    }
    for (int r = 0; r < rank; r++) {
        const uint8_t * row = tiles + r * kRowBytes;
        Vector factors[kTokens];
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; t++) {
            factors[t] = Lanes::all(middles[t][r]);
        }
#pragma GCC unroll 8
        for (int tile = 0; tile < kTiles; tile++, row += rank * kRowBytes) {
            ask_ahead<kRowBytes>(row);
#pragma GCC unroll 8
            for (int v = 0; v < kVectors; v++) {
                const Vector weights = Weights::load(row + v * Lanes::kCount * Weights::kBytes);
#pragma GCC unroll 8
                for (int t = 0; t < kTokens; t++) {
                    Vector & sum = sums[t][tile * kVectors + v];
                    sum = Lanes::fma(weights, factors[t], sum);
                }
            }
        }
    }
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; t++) {
#pragma GCC unroll 8
        for (int v = 0; v < kTiles * kVectors; v++) {
            const int at = v * Lanes::kCount;
            const Vector base = Lanes::load(from[t] + at);
            Lanes::store(to[t] + at, Weights::kSteps ? Lanes::fma(sums[t][v], Lanes::load(steps + at), base) : Lanes::add(base, sums[t][v]));
        }
    }
}

template <typename Weights, int kTokens>
static inline void up_tiles(const Part & part, const float * const * middles, const float * const * from, float * const * to) {
    constexpr int kTiles = kTokens == 1 ? kSums / (kOutputs / Lanes::kCount) : 1;
    const size_t tile_bytes = static_cast<size_t>(part.pair->rank) * kOutputs * Weights::kBytes;
    for (int n = part.begin; n < part.end;) {
        const size_t output = static_cast<size_t>(n) * kOutputs;
        const float * from_tile[kTokens];
        float * to_tile[kTokens];
        for (int t = 0; t < kTokens; t++) {
            from_tile[t] = from[t] + output;
            to_tile[t] = to[t] + output;
        }
        const uint8_t * tiles = part.pair->b + n * tile_bytes;
        const float * steps = Weights::kSteps ? part.pair->b_steps + output : nullptr;
        if (n + kTiles <= part.end) {
            up_block<Weights, kTiles, kTokens>(tiles, steps, part.pair->rank, middles, from_tile, to_tile);
            n += kTiles;
        } else {
            up_block<Weights, 1, kTokens>(tiles, steps, part.pair->rank, middles, from_tile, to_tile);
            n++;
        }
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

// Calls do_it with the kind of weights that has so many bits.
template <typename Do>
static inline void with_weights(int bits, Do do_it) {
    switch (bits) {
        case 8: return do_it(Bytes());
        case 16: return do_it(Halves());
        default: return do_it(Floats());
    }
}

static void down(int bits, const Part & part, const Columns & columns, float * out, int stride) {
    with_weights(bits, [&](auto weights) { down<decltype(weights)>(part, columns, out, stride); });
}

static void up(int bits, const Part & part, const float * m, int stride, const Columns & from, const Columns & to) {
    with_weights(bits, [&](auto weights) { up<decltype(weights)>(part, m, stride, from, to); });
}
