// A frozen, quantized weight W [outputs][inputs]: y [rows][outputs] = x [rows][inputs] W^T, and backward dx = dy W (W itself has no gradient).
//
// W is expanded a tile at a time, into memory that stays in the second-level cache, and multiplied while it is there: the model is never held in
// single precision, and a weight costs the memory bus its 4 bits. What the next tile is made of is fetched while this one is multiplied.
// Forward, threads share the outputs. Backward, they share the inputs, in whole blocks, and each adds up the tiles of all outputs in their order.
#include <algorithm>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_dequantize.h"
#include "lora_gemm.h"

namespace {

constexpr int64_t kTileFloats = 64 * 1024;
constexpr int64_t kLeastOutputs = 16;
constexpr int64_t kWidestTile = 512;
constexpr int kTileSlot = 0;
constexpr int kRowsSlot = 1;

struct Weight {
    int type;
    const uint8_t * data;
    int64_t outputs;
    int64_t inputs;
    graft::BlockForm form;

    const uint8_t * at(int64_t output, int64_t input) const { return data + (output * inputs + input) / form.elements * form.bytes; }
    // Whether a product can read it where it lies.
    bool as_it_is(bool half) const { return type == (half ? graft::kBf16 : graft::kF32); }
};

// outputs [first, last), inputs [from, to) in the form that the product reads
graft::Operand tile(graft_pool & pool, int thread, bool half, const Weight & w, int64_t first, int64_t last, int64_t from, int64_t to,
                    bool transposed) {
    if (w.as_it_is(half)) {
        return {w.at(first, from), w.inputs, transposed};
    }
    const int64_t width = to - from;
    float * out = pool.scratch(thread, kTileSlot, (last - first) * width);
    for (int64_t output = first; output < last; output++) {
        if (half) {
            graft::dequantize_half(w.type, w.at(output, from), width, reinterpret_cast<uint16_t *>(out) + (output - first) * width);
        } else {
            graft::dequantize(w.type, w.at(output, from), width, out + (output - first) * width);
        }
    }
    return {out, width, transposed};
}

void fetch(const Weight & w, int64_t first, int64_t last, int64_t from, int64_t to) {
    constexpr int64_t kCacheLine = 64;
    for (int64_t output = first; output < last; output++) {
        for (const uint8_t * at = w.at(output, from); at < w.at(output, to); at += kCacheLine) {
            __builtin_prefetch(at, 0, 2);
        }
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
        const void * left = left_side(*pool, half != 0, x, rows * inputs);
        pool->split(outputs, kLeastOutputs, [&](int thread, int64_t begin, int64_t end) {
            const int64_t tile_outputs = even_tile(end - begin, std::max(kLeastOutputs, kTileFloats / inputs), kLeastOutputs);
            for (int64_t first = begin; first < end; first += tile_outputs) {
                const int64_t last = std::min(end, first + tile_outputs);
                const graft::Operand right = tile(*pool, thread, half != 0, weight, first, last, 0, inputs, true);
                fetch(weight, last, std::min(end, last + tile_outputs), 0, inputs);
                graft::gemm(half != 0, {left, inputs, false}, right, rows, last - first, inputs, add != 0, y + first, outputs);
            }
        });
    });
}

int graft_linear_backward(graft_pool * pool, int half, const float * dy, int64_t rows, int type, const void * w, int64_t outputs, int64_t inputs,
                          int add, float * dx) {
    return graft::at_border([&] {
        const Weight weight = checked(pool, dy, rows, type, w, outputs, inputs, dx);
        const void * left = left_side(*pool, half != 0, dy, rows * outputs);
        const int64_t grain = std::max(kLeastOutputs, weight.form.elements);
        pool->split(inputs, grain, [&](int thread, int64_t begin, int64_t end) {
            const int64_t tile_inputs = even_tile(end - begin, kWidestTile, grain);
            const int64_t tile_outputs = even_tile(outputs, kTileFloats / tile_inputs, kLeastOutputs);
            for (int64_t from = begin; from < end; from += tile_inputs) {
                const int64_t to = std::min(end, from + tile_inputs);
                for (int64_t first = 0; first < outputs; first += tile_outputs) {
                    const int64_t last = std::min(outputs, first + tile_outputs);
                    const graft::Operand right = tile(*pool, thread, half != 0, weight, first, last, from, to, false);
                    fetch(weight, last, std::min(outputs, last + tile_outputs), from, to);
                    graft::gemm(half != 0, {column(left, half != 0, first), outputs, false}, right, rows, to - from, last - first,
                                add != 0 || first > 0, dx + from, inputs);
                }
            }
        });
    });
}
