// graft_linear_forward and _backward in bf16 where the processor has AMX: y = x W^T and dx = dy W in tiles.
//
// A thread expands a panel of W, as narrow as fits the caches, and multiplies all rows by it. The rows' numbers, rounded once and put into the order
// of tiles, are to stay in the second-level cache meanwhile: where they are too many, the sum is taken in parts. No sum depends on who computes it.
#include <algorithm>

#include "lora_amx.h"
#include "lora_pool.h"

namespace {

using graft::kPair;
using graft::kTileDepth;
using graft::kTileSide;
using graft::Weight;

constexpr int64_t kLeftBytes = 1 << 20;
constexpr int64_t kPanelOfInputs = 3 * kPair;  // backward: of a row of W that is about a cache line
constexpr int kPanelSlot = 0, kLeftSlot = 1;

uint16_t * halves(graft_pool & pool, int thread, int slot, int64_t count) {
    return reinterpret_cast<uint16_t *>(pool.scratch(thread, slot, (count + 1) / 2));
}

// How much of a sum is taken at once: whole steps.
int64_t part_of_sum(int64_t depth, int64_t rows, int64_t step) {
    const int64_t most = kLeftBytes / static_cast<int64_t>(sizeof(uint16_t)) / rows;
    return std::min(depth, std::max(step, most / step * step));
}

// Columns [first, end) of a product, from their panel.
struct Columns {
    int64_t first, end;
    float * out;  // the first row of all columns
    int64_t stride;
    int64_t next;  // the first column that is computed after these, or -1

    void compute(const graft::TiledSide & a, const uint16_t * panel, int64_t rows, int64_t depth, bool add) const {
        for (int64_t at = first; at < end; at += kPair) {
            const int64_t upcoming = at + kPair < end ? at + kPair : next;
            const graft::TiledSide b{panel + (at - first) * depth, kTileSide * depth};
            const int columns = at + kPair <= end ? 2 : 1;
            graft::amx_product(a, b, rows, columns, depth, add, {out + at, stride, upcoming < 0 ? nullptr : out + upcoming});
        }
    }
};

}  // namespace

namespace graft {

const uint16_t * tiled_left(graft_pool & pool, const float * x, int64_t rows, int64_t depth) {
    uint16_t * tiles = halves(pool, 0, kLeftSlot, whole_tiles(rows) * depth);
    pool.split(rows, kTileSide,
               [&](int, int64_t begin, int64_t end) { left_tiles(x + begin * depth, depth, end - begin, depth, tiles + begin * depth); });
    return tiles;
}

void outputs_in_tiles(graft_pool & pool, int thread, const Weight & w, const uint16_t * left, int64_t rows, int64_t begin, int64_t end, bool add,
                      float * y) {
    const TileRegisters registers;
    const int64_t part = part_of_sum(w.inputs, rows, std::max(kTileDepth, w.form.elements));
    uint16_t * panel = halves(pool, thread, kPanelSlot, (kPair + kTileSide) * part);
    uint16_t * strip = panel + kPair * part;
    for (int64_t from = 0; from < w.inputs; from += part) {
        const int64_t depth = std::min(part, w.inputs - from);
        const TiledSide a{left + from * kTileSide, kTileSide * w.inputs};
        for (int64_t first = begin; first < end; first += kPair) {
            const int64_t last = std::min(end, first + kPair);
            for (int64_t output = first; output < last; output += kTileSide) {
                outputs_as_column(w, output, from, depth, strip, panel + (output - first) * depth);
            }
            const Columns columns{first, last, y, w.outputs, last + kPair <= end ? last : -1};
            columns.compute(a, panel, rows, depth, add || from > 0);
        }
    }
}

void inputs_in_tiles(graft_pool & pool, int thread, const Weight & w, const uint16_t * left, int64_t rows, int64_t begin, int64_t end, bool add,
                     float * dx) {
    const TileRegisters registers;
    const int64_t part = part_of_sum(w.outputs, rows, kTileDepth), width = std::max(kPanelOfInputs, w.form.elements);
    uint16_t * panel = halves(pool, thread, kPanelSlot, width * (part + 2));
    uint16_t * strip = panel + width * part;
    for (int64_t from = 0; from < w.outputs; from += part) {
        const int64_t depth = std::min(part, w.outputs - from);
        const TiledSide a{left + from * kTileSide, kTileSide * w.outputs};
        for (int64_t first = begin; first < end; first += width) {
            const int64_t last = std::min(end, first + width);
            for (int64_t k = 0; k < depth; k += kTileDepth) {
                outputs_as_row(w, from + k, first, last - first, strip, panel + k * kTileSide, kTileSide * depth);
            }
            const Columns columns{first, last, dx, w.inputs, last < end ? last : -1};
            columns.compute(a, panel, rows, depth, add || from > 0);
        }
    }
}

bool forward_in_tiles(graft_pool & pool, const Weight & w, const float * x, int64_t rows, bool add, float * y) {
    if (!has_amx() || w.inputs % kTileDepth != 0 || w.outputs % kTileSide != 0) {
        return false;
    }
    const uint16_t * left = tiled_left(pool, x, rows, w.inputs);
    pool.split(w.outputs, kPair, [&](int thread, int64_t begin, int64_t end) { outputs_in_tiles(pool, thread, w, left, rows, begin, end, add, y); });
    return true;
}

bool backward_in_tiles(graft_pool & pool, const Weight & w, const float * dy, int64_t rows, bool add, float * dx) {
    if (!has_amx() || w.inputs % kTileDepth != 0 || w.outputs % kTileDepth != 0) {
        return false;
    }
    const uint16_t * left = tiled_left(pool, dy, rows, w.outputs);
    pool.split(w.inputs, std::max(kTileDepth, w.form.elements),
               [&](int thread, int64_t begin, int64_t end) { inputs_in_tiles(pool, thread, w, left, rows, begin, end, add, dx); });
    return true;
}

}  // namespace graft
