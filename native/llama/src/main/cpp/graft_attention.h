#pragma once

// Attention over ragged batches, in place of ggml's on the CPU; see graft_attention.cpp.

#include "ggml.h"

namespace graft {

// Takes a GGML_OP_FLASH_ATTN_EXT node if all about it is known and the processor has vectors for the kernel; else it stays ggml's.
void take_attention_if_known(ggml_tensor * node);

}  // namespace graft
