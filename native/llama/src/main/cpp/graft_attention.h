#pragma once

#include "llama.h"

// Attention over ragged batches, in place of ggml's on the CPU; see graft_attention.cpp.

#ifdef __cplusplus
extern "C" {
#endif

// Lets a context that is made with these parameters compute attention with that kernel. Does nothing where there is none for this
// processor (graft_vector_bits() < 256): then ggml's own attention stays.
void graft_attention_install(struct llama_context_params * params);

#ifdef __cplusplus
}
#endif
