// One adapter's weights, brought from a file's form into the one that the kernels of graft_mixer.cpp read: A in tiles of 4 rows, B in tiles of 32
// outputs with the scale multiplied in. In bytes, a weight w of a row of A (an output of B) is
//
//   w = q · step,   step = the row's largest |w| / 127,   q = the nearest whole number, -127 to 127

#include "graft_adapters.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "graft_mixer.h"

namespace graft {
namespace {

const char * to_floats(int type, const void * from, std::vector<float> & to) {
    const auto count = static_cast<int64_t>(to.size());
    switch (type) {
        case GGML_TYPE_F32: memcpy(to.data(), from, to.size() * sizeof(float)); return nullptr;
        case GGML_TYPE_F16: ggml_fp16_to_fp32_row(static_cast<const ggml_fp16_t *>(from), to.data(), count); return nullptr;
        case GGML_TYPE_BF16: ggml_bf16_to_fp32_row(static_cast<const ggml_bf16_t *>(from), to.data(), count); return nullptr;
        default: return "weights are neither F32, F16 nor BF16";
    }
}

bool all_finite(const std::vector<float> & numbers) {
    return std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); });
}

// Whether there was memory for them.
bool store(graft_adapter & adapter, const std::vector<float> & from, const uint8_t *& to) {
    const size_t weight = adapter.bits / 8;
    uint8_t * memory = adapter.arena.take(from.size() * weight);
    if (memory == nullptr) {
        return false;
    }
    if (adapter.bits == 16) {
        ggml_fp32_to_fp16_row(from.data(), reinterpret_cast<ggml_fp16_t *>(memory), static_cast<int64_t>(from.size()));
    } else {
        memcpy(memory, from.data(), from.size() * sizeof(float));
    }
    to = memory;
    return true;
}

// The same in bytes. row_of: the row that a weight belongs to.
template <typename RowOf>
bool store_bytes(graft_adapter & adapter, const std::vector<float> & from, int rows, RowOf row_of, const uint8_t *& to, const float *& to_steps) {
    constexpr float kHighest = 127.0f;
    auto * memory = reinterpret_cast<int8_t *>(adapter.arena.take(from.size()));
    auto * steps = reinterpret_cast<float *>(adapter.arena.take(rows * sizeof(float)));
    if (memory == nullptr || steps == nullptr) {
        return false;
    }
    std::fill(steps, steps + rows, 0.0f);
    for (size_t i = 0; i < from.size(); i++) {
        float & step = steps[row_of(i)];
        step = std::max(step, std::fabs(from[i]) / kHighest);
    }
    for (size_t i = 0; i < from.size(); i++) {
        const float step = steps[row_of(i)];
        memory[i] = step == 0.0f ? int8_t{0} : static_cast<int8_t>(std::clamp(std::nearbyint(from[i] / step), -kHighest, kHighest));
    }
    to = reinterpret_cast<const uint8_t *>(memory);
    to_steps = steps;
    return true;
}

bool store(graft_adapter & adapter, const std::vector<float> & a, const std::vector<float> & tiles, Pair & pair) {
    if (adapter.bits != 8) {
        return store(adapter, a, pair.a) && store(adapter, tiles, pair.b);
    }
    const size_t inputs = pair.inputs;
    const size_t in_tiles = pair.rank / kRows * kRows * inputs;
    const size_t tile = static_cast<size_t>(pair.rank) * kOutputs;
    const auto row = [&](size_t i) { return i < in_tiles ? i / (kRows * inputs) * kRows + i / kInputs % kRows : i / inputs; };
    const auto output = [&](size_t i) { return i / tile * kOutputs + i % kOutputs; };
    return store_bytes(adapter, a, pair.rank, row, pair.a, pair.a_steps) && store_bytes(adapter, tiles, pair.outputs, output, pair.b, pair.b_steps);
}

bool fits_half(const std::vector<float> & numbers) {
    constexpr float kHighestHalf = 65504.0f;
    return std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::fabs(x) <= kHighestHalf; });
}

// [rank][inputs], as in a file, to tiles of rows.
std::vector<float> in_tiles_of_rows(const std::vector<float> & a, int rank, int inputs) {
    std::vector<float> tiles(a.size());
    for (int r = 0; r < rank; r++) {
        const RowPlace place = row_place(rank, inputs, r);
        for (int i = 0; i < inputs; i += kInputs) {
            const float * from = a.data() + static_cast<size_t>(r) * inputs + i;
            std::copy(from, from + kInputs, tiles.data() + place.first + i / kInputs * place.stride);
        }
    }
    return tiles;
}

// [outputs][rank], as in a file, to tiles of outputs.
std::vector<float> in_tiles_of_outputs(const std::vector<float> & b, int outputs, int rank, float scale) {
    std::vector<float> tiles(b.size());
    for (int o = 0; o < outputs; o++) {
        for (int r = 0; r < rank; r++) {
            const size_t tile = static_cast<size_t>(o / kOutputs) * rank + r;
            tiles[tile * kOutputs + o % kOutputs] = b[static_cast<size_t>(o) * rank + r] * scale;
        }
    }
    return tiles;
}

const char * put(graft_adapter & adapter, Pair & pair, std::vector<float> a, std::vector<float> b, float scale) {
    a = in_tiles_of_rows(a, pair.rank, pair.inputs);
    b = in_tiles_of_outputs(b, pair.outputs, pair.rank, scale);
    if (!all_finite(a) || !all_finite(b)) {
        return "a weight, or its product with the scale, is no finite number";
    }
    if (adapter.bits == 16 && !(fits_half(a) && fits_half(b))) {
        return "a weight is too large for half precision";
    }
    if (!store(adapter, a, b, pair)) {
        return GRAFT_NO_MEMORY;
    }
    adapter.highest_rank = std::max(adapter.highest_rank, pair.rank);
    return nullptr;
}

}  // namespace
}  // namespace graft

extern "C" {

struct graft_adapter * graft_adapter_new(int32_t layers, int32_t bits) {
    return layers > 0 && (bits == 8 || bits == 16 || bits == 32) ? new (std::nothrow) graft_adapter(layers, bits) : nullptr;
}

const char * graft_adapter_put(struct graft_adapter * adapter, int32_t layer, int32_t target, int32_t inputs, int32_t outputs, int32_t rank,
                               float scale, int32_t a_type, const void * a, int32_t b_type, const void * b) {
    const size_t site = static_cast<size_t>(layer) * GRAFT_TARGETS + target;
    if (layer < 0 || target < 0 || target >= GRAFT_TARGETS || site >= adapter->pairs.size() || adapter->pairs[site].rank != 0) {
        return "no such layer or target, or it has its pair";
    }
    if (rank < 1 || inputs % graft::kInputs != 0 || outputs % graft::kOutputs != 0) {
        return "the inputs must be a multiple of 16, the outputs of 32, and the rank at least 1";
    }
    try {
        std::vector<float> a_floats(static_cast<size_t>(inputs) * rank);
        std::vector<float> b_floats(static_cast<size_t>(outputs) * rank);
        const char * wrong = graft::to_floats(a_type, a, a_floats);
        wrong = wrong != nullptr ? wrong : graft::to_floats(b_type, b, b_floats);
        if (wrong != nullptr) {
            return wrong;
        }
        graft::Pair pair;
        pair.rank = rank;
        pair.inputs = inputs;
        pair.outputs = outputs;
        wrong = graft::put(*adapter, pair, std::move(a_floats), std::move(b_floats), scale);
        if (wrong == nullptr) {
            adapter->pairs[site] = pair;
        }
        return wrong;
    } catch (const std::bad_alloc &) {
        return GRAFT_NO_MEMORY;
    }
}

int64_t graft_adapter_bytes(const struct graft_adapter * adapter) { return static_cast<int64_t>(adapter->arena.bytes()); }

void graft_adapter_free(struct graft_adapter * adapter) { delete adapter; }
}
