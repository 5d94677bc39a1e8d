// Rows of a weight into the order that a product in bf16 wants its right side in (BlockedSide): b_kn, k even, lies beside b_(k+1)n, as one word.
#include "lora_blocks.h"

#include "lora_turn.h"

namespace {

using graft::kWords;
using graft::Words;
typedef uint16_t Halves __attribute__((vector_size(32), may_alias));

template <typename Vector>
GRAFT_INLINE void load(const uint16_t * from, Vector & vector) {
    std::memcpy(&vector, from, sizeof vector);
}

GRAFT_INLINE void store(const Words & words, uint16_t * to) { std::memcpy(to, &words, sizeof words); }

GRAFT_KERNEL(void, turn, (const uint16_t * rows, int64_t k, const graft::BlockedSide & side, int64_t n, uint16_t * out), (rows, k, side, n, out)) {
    for (int64_t from = 0; from < k; from += 2 * kWords) {
        Words row[kWords];
        for (int i = 0; i < kWords; i++) {
            load(rows + i * k + from, row[i]);
        }
        graft::turn_around(row);
        for (int i = 0; i < kWords; i++) {
            store(row[i], out + side.at(from + 2 * i, n));
        }
    }
}

GRAFT_KERNEL(void, pair, (const uint16_t * rows, int64_t n, const graft::BlockedSide & side, int64_t k, uint16_t * out), (rows, n, side, k, out)) {
    for (int64_t from = 0; from < n; from += kWords) {
        Halves even, odd;
        load(rows + from, even);
        load(rows + n + from, odd);
        store(__builtin_convertvector(even, Words) | __builtin_convertvector(odd, Words) << 16, out + side.at(k, from));
    }
}

}  // namespace

namespace graft {

void rows_as_columns(const uint16_t * rows, int64_t k, const BlockedSide & side, int64_t n, uint16_t * out) { turn(rows, k, side, n, out); }

void two_rows(const uint16_t * rows, int64_t n, const BlockedSide & side, int64_t k, uint16_t * out) { pair(rows, n, side, k, out); }

}  // namespace graft
