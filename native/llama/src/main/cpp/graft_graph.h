#pragma once

#include <stdint.h>

#include "llama.h"

// Graft's kernels in llama.cpp's graphs, in the place of ggml's; see graft_graph.cpp.

#ifdef __cplusplus
extern "C" {
#endif

// The packed matrices of one model, shared by its contexts; see graft_matrix.h. Freed after the model's last context.
struct graft_matrices;

// NULL where memory is short.
struct graft_matrices * graft_matrices_new(void);

void graft_matrices_free(struct graft_matrices * matrices);

// What Graft computes in the graphs of one context. Freed after the context.
struct graft_graph;

// matrices: of the context's model; NULL leaves matrix products to ggml. attention: whether Graft's kernel takes flash attention's place.
// Nothing is taken where the processor has no vectors for it (graft_vector_bits() < 256). NULL where memory is short.
struct graft_graph * graft_graph_new(struct graft_matrices * matrices, bool attention);

// Lets a context that is made with these parameters show its graphs to this one.
void graft_graph_install(struct graft_graph * graph, struct llama_context_params * params);

// What the last decode met that it could not compute rightly, and forgets it; NULL: all is well. Where it isn't, the decode's output is void.
const char * graft_graph_fault(struct graft_graph * graph);

void graft_graph_free(struct graft_graph * graph);

// One product as the kernel computes it, for tests: out [tokens][outputs] = x [tokens][inputs] times the weights [outputs][inputs], in blocks of
// this ggml_type. False where it isn't packed.
bool graft_multiply(int32_t type, const void * weights, int32_t inputs, int32_t outputs, const float * x, int32_t tokens, float * out);

#ifdef __cplusplus
}
#endif
