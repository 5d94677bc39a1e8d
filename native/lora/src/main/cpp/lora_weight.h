#pragma once

#include <cstdint>

#include "lora_dequantize.h"

namespace graft {

// A frozen weight W [outputs][inputs], in the blocks of its type. A row is whole blocks.
struct Weight {
    int type;
    const uint8_t * data;
    int64_t outputs;
    int64_t inputs;
    BlockForm form;

    // The block that W(output, input) is the first of.
    const uint8_t * at(int64_t output, int64_t input) const { return data + (output * inputs + input) / form.elements * form.bytes; }
    int64_t row_bytes() const { return inputs / form.elements * form.bytes; }
};

}  // namespace graft
