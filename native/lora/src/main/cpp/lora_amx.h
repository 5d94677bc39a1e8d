#pragma once

// Tiles of bf16 that AMX multiplies. A tile of a left side is 16 rows of 32 numbers, row by row; one of a right side is 32 rows of 16 columns, by
// twos: a column's numbers of rows 2i and 2i + 1 lie beside each other. Either has 1 KB.

#include <cstdint>

#include "graft_lora.h"
#include "lora_weight.h"

namespace graft {

constexpr int64_t kTileSide = 16, kTileDepth = 32, kTile = kTileSide * kTileDepth;
constexpr int64_t kPair = 2 * kTileSide;  // columns that a product takes at once

constexpr int64_t whole_tiles(int64_t rows) { return (rows + kTileSide - 1) / kTileSide * kTileSide; }

// Whether this processor multiplies tiles, the kernel lets this process do so, and graft_limit_isa does too.
bool has_amx() noexcept;

// The calling thread's tile registers, which amx_product needs. As long as they are in use, each switch of threads moves their 8 KB.
class TileRegisters {
  public:
    TileRegisters() noexcept;
    ~TileRegisters();
    TileRegisters(const TileRegisters &) = delete;
    TileRegisters & operator=(const TileRegisters &) = delete;
};

// x [rows][depth], `stride` elements from row to row, rounded as a left side; of the same sixteen rows, the tiles lie one behind the other. Rows that
// fill up the last tile are 0.
void left_tiles(const float * x, int64_t stride, int64_t rows, int64_t depth, uint16_t * tiles);

// Rows of two runs, one behind the other.
struct Runs {
    const float * first;
    int64_t of_first;
    const float * second;
    int64_t count, stride;

    const float * row(int64_t i) const { return i < of_first ? first + i * stride : second + (i - of_first) * stride; }
};

// Rows [from, from + 16) transposed: a column of tiles of a right side [depth][16]; those behind the last are 0.
void rows_as_column(const Runs & rows, int64_t from, int64_t depth, uint16_t * tiles);

// Rows [from, from + 32): a row of tiles of a right side [32][width], `across` elements apart; those behind the last are 0.
void rows_as_row(const Runs & rows, int64_t from, int64_t width, uint16_t * tiles, int64_t across);

// x [rows][columns], at most 32 rows, transposed: a left side [columns][32]; rows up to the last are 0. Whole tiles are read.
void columns_as_left(const float * x, int64_t stride, int64_t rows, int64_t columns, uint16_t * tiles);

// Sixteen outputs of W, inputs [from, from + depth), transposed: a column of tiles of a right side [depth][16]. strip: memory of 16 * depth.
void outputs_as_column(const Weight & w, int64_t output, int64_t from, int64_t depth, uint16_t * strip, uint16_t * tiles);

// Thirty-two outputs of W, inputs [from, from + count): a row of tiles of a right side [32][count], `across` elements apart. strip: memory of
// 2 * count.
void outputs_as_row(const Weight & w, int64_t output, int64_t from, int64_t count, uint16_t * strip, uint16_t * tiles, int64_t across);

// One side of a product: its first tile, and elements from one tile to that of the next sixteen rows (left) or columns (right).
struct TiledSide {
    const uint16_t * tiles;
    int64_t next;
};

// Where a product goes, and where the next one of the same rows will, if there is one: that is fetched meanwhile, since a column of tiles is lines
// of many pages, which no processor foresees.
struct TiledOut {
    float * c;
    int64_t stride;
    const float * upcoming;
};

// c [rows][16 columns] (+)= a [rows][depth] b [depth][16 columns], columns 1 or 2
void amx_product(const TiledSide & a, const TiledSide & b, int64_t rows, int columns, int64_t depth, bool add, const TiledOut & out);

// x [rows][depth] rounded, as a left side, by all threads. The memory is the first one's, slot 1.
const uint16_t * tiled_left(graft_pool & pool, const float * x, int64_t rows, int64_t depth);

// One thread's share of x W^T: columns [begin, end) of y [rows][w.outputs]. Its memory is slot 0. begin and w.inputs are multiples of 32, end of 16.
void outputs_in_tiles(graft_pool & pool, int thread, const Weight & w, const uint16_t * left, int64_t rows, int64_t begin, int64_t end, bool add,
                      float * y);

// And of dy W: columns [begin, end) of dx [rows][w.inputs], begin in whole blocks; end and w.outputs are multiples of 32.
void inputs_in_tiles(graft_pool & pool, int thread, const Weight & w, const uint16_t * left, int64_t rows, int64_t begin, int64_t end, bool add,
                     float * dx);

// The products of graft_linear_forward and _backward in bf16, in tiles. Return false, with nothing written, where processor or shape don't allow it.
bool forward_in_tiles(graft_pool & pool, const Weight & w, const float * x, int64_t rows, bool add, float * y);
bool backward_in_tiles(graft_pool & pool, const Weight & w, const float * dy, int64_t rows, bool add, float * dx);

}  // namespace graft
