#pragma once

// Tiles of bf16 that AMX multiplies. A tile of a left side is 16 rows of 32 numbers, row by row; one of a right side is 32 rows of 16 columns, by
// twos: a column's numbers of rows 2i and 2i + 1 lie beside each other. Either has 1 KB.

#include <cstdint>

#include "graft_lora.h"
#include "lora_weight.h"

namespace graft {

constexpr int64_t kTileSide = 16, kTileDepth = 32, kTile = kTileSide * kTileDepth;

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

// x [rows][depth] rounded, as a left side; of the same sixteen rows, the tiles lie one behind the other. Rows that fill up the last tile are 0.
void left_tiles(const float * x, int64_t rows, int64_t depth, uint16_t * tiles);

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

// The products of graft_linear_forward and _backward in bf16, in tiles. Return false, with nothing written, where the shape does not allow it.
bool forward_in_tiles(graft_pool & pool, const Weight & w, const float * x, int64_t rows, bool add, float * y);
bool backward_in_tiles(graft_pool & pool, const Weight & w, const float * dy, int64_t rows, bool add, float * dx);

}  // namespace graft
