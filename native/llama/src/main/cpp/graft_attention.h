#pragma once

#include "llama.h"

// Attention over ragged batches, in place of ggml's on the CPU; see graft_attention.cpp.

#ifdef __cplusplus
extern "C" {
#endif

// Which kernel this processor can run: "avx512", "avx2", or "" where ggml's own attention stays.
const char * graft_attention_kernel(void);

// Lets a context that is made with these parameters compute attention with that kernel. Does nothing where there is none.
void graft_attention_install(struct llama_context_params * params);

#ifdef __cplusplus
}
#endif
