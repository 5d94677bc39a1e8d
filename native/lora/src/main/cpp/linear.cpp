// A frozen, quantized weight W [outputs][inputs]: y [rows][outputs] = x [rows][inputs] W^T, and backward dx = dy W (W itself has no gradient).
//
// W is expanded a tile at a time, into memory that stays in the second-level cache, and multiplied while it is there: the model is never held in
// single precision, and a weight costs the memory bus its 4 bits. What the next tile is made of is fetched while this one is multiplied. In bf16 a
// tile goes straight into the order that oneDNN would copy it into first (BlockedSide). With AMX, products in bf16 are linear_amx.cpp's. Forward,
// threads share the outputs. Backward, they share the inputs, in whole blocks, and each adds up the tiles of all outputs in their order.
#include <algorithm>

#include "graft_lora.h"
#include "lora_amx.h"
#include "lora_blocks.h"
#include "lora_border.h"
#include "lora_dequantize.h"
#include "lora_gemm.h"
#include "lora_weight.h"

namespace {

constexpr int64_t kTileBytes = 384 * 1024;
constexpr int64_t kLeastOutputs = 16;
constexpr int64_t kWidestTile = 288;
constexpr int kTileSlot = 0;
constexpr int kRowsSlot = 1;
constexpr int kStripSlot = 2;

int64_t elements_of_tile(bool half) { return kTileBytes / static_cast<int64_t>(half ? sizeof(uint16_t) : sizeof(float)); }

using graft::Weight;

// Whether a product can read a weight where it lies.
bool as_it_is(const Weight & w, bool half) { return w.type == (half ? graft::kBf16 : graft::kF32); }

// Outputs [first, last), inputs [from, to).
struct Tile {
    int64_t first, last, from, to;

    int64_t outputs() const { return last - first; }
    int64_t inputs() const { return to - from; }
};

// Asks for what a tile is made of, to lie in a cache (1 the nearest) when it is expanded.
template <int kLocality>
void fetch(const Weight & w, const Tile & tile) {
    constexpr int64_t kCacheLine = 64;
    for (int64_t output = tile.first; output < tile.last; output++) {
        for (const uint8_t * at = w.at(output, tile.from); at < w.at(output, tile.to); at += kCacheLine) {
            __builtin_prefetch(at, 0, kLocality);
        }
    }
}

// What a tile is multiplied with, and where that goes: forward the tile is transposed, backward it is not.
struct Product {
    bool half, transposed, add;
    graft::Operand left;
    int64_t rows;
    float * out;
    int64_t out_stride;

    int64_t n(const Tile & tile) const { return transposed ? tile.outputs() : tile.inputs(); }
    int64_t k(const Tile & tile) const { return transposed ? tile.inputs() : tile.outputs(); }
};

// A tile in the form that the product reads.
struct Right {
    graft::Operand plain;
    graft::BlockedSide blocked;
};

Right plain(graft_pool & pool, int thread, const Product & product, const Weight & w, const Tile & tile) {
    float * out = pool.scratch(thread, kTileSlot, tile.outputs() * tile.inputs());
    for (int64_t output = tile.first; output < tile.last; output++) {
        const int64_t at = (output - tile.first) * tile.inputs();
        if (product.half) {
            graft::dequantize_half(w.type, w.at(output, tile.from), tile.inputs(), reinterpret_cast<uint16_t *>(out) + at);
        } else {
            graft::dequantize(w.type, w.at(output, tile.from), tile.inputs(), out + at);
        }
    }
    return {{out, tile.inputs(), product.transposed}, {0, 0, 0}};
}

// A few rows at a time are expanded, and put into their places from the first-level cache.
Right blocked(graft_pool & pool, int thread, const Product & product, const Weight & w, const Tile & tile, const graft::BlockedSide & side) {
    constexpr int64_t kColumns = 16, kRows = 2, kAhead = 16;
    const int64_t strip_rows = product.transposed ? kColumns : kRows;
    auto * out = reinterpret_cast<uint16_t *>(pool.scratch(thread, kTileSlot, tile.outputs() * tile.inputs() / 2));
    auto * strip = reinterpret_cast<uint16_t *>(pool.scratch(thread, kStripSlot, strip_rows * tile.inputs() / 2));
    for (int64_t output = tile.first; output < tile.last; output += strip_rows) {
        fetch<3>(w, {output + kAhead, std::min(tile.last, output + kAhead + strip_rows), tile.from, tile.to});
        for (int64_t row = 0; row < strip_rows; row++) {
            graft::dequantize_half(w.type, w.at(output + row, tile.from), tile.inputs(), strip + row * tile.inputs());
        }
        if (product.transposed) {
            graft::rows_as_columns(strip, tile.inputs(), side, output - tile.first, out);
        } else {
            graft::two_rows(strip, tile.inputs(), side, output - tile.first, out);
        }
    }
    return {{out, 0, false}, side};
}

Right expanded(graft_pool & pool, int thread, const Product & product, const Weight & w, const Tile & tile) {
    if (as_it_is(w, product.half)) {
        return {{w.at(tile.first, tile.from), w.inputs, product.transposed}, {0, 0, 0}};
    }
    if (product.half) {
        const graft::BlockedSide side =
            graft::blocked_side(product.left, product.rows, product.n(tile), product.k(tile), product.add, product.out_stride);
        if (side.columns > 0) {
            return blocked(pool, thread, product, w, tile, side);
        }
    }
    return plain(pool, thread, product, w, tile);
}

void multiply(const Product & product, const Right & right, const Tile & tile) {
    const int64_t n = product.n(tile), k = product.k(tile);
    if (right.blocked.columns > 0) {
        graft::gemm_blocked(product.left, right.plain.data, product.rows, n, k, product.add, product.out, product.out_stride);
    } else {
        graft::gemm(product.half, product.left, right.plain, product.rows, n, k, product.add, product.out, product.out_stride);
    }
}

// The largest tile that cuts count into equal ones, each a multiple of step and at most `most`, if there is one of half of that or more: a product is
// compiled for its shape, and a last tile of its own would be one more.
int64_t even_tile(int64_t count, int64_t most, int64_t step) {
    const int64_t least = (count + most - 1) / most;
    for (int64_t tiles = least; tiles <= 2 * least; tiles++) {
        if (count % (tiles * step) == 0) {
            return count / tiles;
        }
    }
    return std::max(step, most / step * step);
}

// Rows of a product's left side, rounded to bf16 where that is asked for. The memory is the first thread's.
const void * left_side(graft_pool & pool, bool half, const float * x, int64_t count) {
    if (!half) {
        return x;
    }
    auto * rounded = reinterpret_cast<uint16_t *>(pool.scratch(0, kRowsSlot, (count + 1) / 2));
    constexpr int64_t kGrain = 4096;
    pool.split(count, kGrain, [&](int, int64_t begin, int64_t end) { graft::to_half(x + begin, end - begin, rounded + begin); });
    return rounded;
}

const void * column(const void * matrix, bool half, int64_t column) {
    return static_cast<const uint8_t *>(matrix) + column * static_cast<int64_t>(half ? sizeof(uint16_t) : sizeof(float));
}

Weight checked(graft_pool * pool, const float * a, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs, const float * b) {
    graft::require_there(pool, a, w, b);
    graft::require_sizes(rows, inputs);
    graft::require_sizes(rows, outputs);
    graft::require_sizes(outputs, inputs);
    const Weight weight{type, static_cast<const uint8_t *>(w), outputs, inputs, graft::block_form(type)};
    graft::require(inputs % weight.form.elements == 0, "a row of a weight that ends within a block");
    return weight;
}

}  // namespace

int graft_linear_forward(graft_pool * pool, int half, const float * x, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs,
                         int add, float * y) {
    return graft::at_border([&] {
        const Weight weight = checked(pool, x, rows, type, w, outputs, inputs, y);
        if (half != 0 && graft::forward_in_tiles(*pool, weight, x, rows, add != 0, y)) {
            return;
        }
        const void * left = left_side(*pool, half != 0, x, rows * inputs);
        pool->split(outputs, kLeastOutputs, [&](int thread, int64_t begin, int64_t end) {
            const int64_t tile_outputs = even_tile(end - begin, std::max(kLeastOutputs, elements_of_tile(half != 0) / inputs), kLeastOutputs);
            for (int64_t first = begin; first < end; first += tile_outputs) {
                const Tile tile{first, std::min(end, first + tile_outputs), 0, inputs};
                const Product product{half != 0, true, add != 0, {left, inputs, false}, rows, y + first, outputs};
                const Right right = expanded(*pool, thread, product, weight, tile);
                fetch<2>(weight, {tile.last, std::min(end, tile.last + tile_outputs), 0, inputs});
                multiply(product, right, tile);
            }
        });
    });
}

int graft_linear_backward(graft_pool * pool, int half, const float * dy, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs,
                          int add, float * dx) {
    return graft::at_border([&] {
        const Weight weight = checked(pool, dy, rows, type, w, outputs, inputs, dx);
        if (half != 0 && graft::backward_in_tiles(*pool, weight, dy, rows, add != 0, dx)) {
            return;
        }
        const void * left = left_side(*pool, half != 0, dy, rows * outputs);
        const int64_t grain = std::max(kLeastOutputs, weight.form.elements);
        pool->split(inputs, grain, [&](int thread, int64_t begin, int64_t end) {
            const int64_t tile_inputs = even_tile(end - begin, kWidestTile, grain);
            const int64_t tile_outputs = even_tile(outputs, elements_of_tile(half != 0) / tile_inputs, kLeastOutputs);
            for (int64_t from = begin; from < end; from += tile_inputs) {
                const int64_t to = std::min(end, from + tile_inputs);
                for (int64_t first = 0; first < outputs; first += tile_outputs) {
                    const Tile tile{first, std::min(outputs, first + tile_outputs), from, to};
                    const graft::Operand part{column(left, half != 0, first), outputs, false};
                    const Product product{half != 0, false, add != 0 || first > 0, part, rows, dx + from, inputs};
                    const Right right = expanded(*pool, thread, product, weight, tile);
                    fetch<2>(weight, {tile.last, std::min(outputs, tile.last + tile_outputs), from, to});
                    multiply(product, right, tile);
                }
            }
        });
    });
}
