#pragma once

#include <stdint.h>

#include "graft_graph.h"

// LoRA adapters told apart token by token in one decode; see graft_mixer.cpp.

#ifdef __cplusplus
extern "C" {
#endif

// The matrices of a layer that an adapter may have pairs for, in the order of their numbers: q, k, v, o, gate, up, down.
enum { GRAFT_TARGETS = 7 };

// What is said where the system has no memory for an adapter's weights.
#define GRAFT_NO_MEMORY "no memory for an adapter's weights"

// One adapter's weights in memory.
struct graft_adapter;

// bits: 8, 16 or 32, of each weight. NULL where memory is short.
struct graft_adapter * graft_adapter_new(int32_t layers, int32_t bits);

// Copies one pair: a [rank][inputs] and b [outputs][rank], of the ggml types F32, F16 or BF16; scale goes into b.
// NULL: done; else what is wrong with it, or GRAFT_NO_MEMORY, which says nothing about it.
const char * graft_adapter_put(struct graft_adapter * adapter, int32_t layer, int32_t target, int32_t inputs, int32_t outputs, int32_t rank,
                               float scale, int32_t a_type, const void * a, int32_t b_type, const void * b);

// Memory that it takes.
int64_t graft_adapter_bytes(const struct graft_adapter * adapter);

// Nothing may be using it.
void graft_adapter_free(struct graft_adapter * adapter);

// From now on the graph mixes adapters: it has pairs of the placeholder adapter for all targets of all layers, and slots 1 to `slots` for adapters;
// slot 0 is none. False where memory is short.
bool graft_graph_mix(struct graft_graph * graph, int32_t layers, int32_t slots);

// The same by nodes of ggml's own, wherever layers are computed. rank: the placeholder's, and the highest that an adapter may have; bits: of each
// adapter's weights, 16 or 32.
bool graft_graph_mix_by_nodes(struct graft_graph * graph, int32_t layers, int32_t slots, int32_t rank, int32_t bits);

// No longer.
void graft_graph_unmix(struct graft_graph * graph);

// Which adapter a slot has from the next decode on; NULL: none. Not while a decode is under way. False where there is no such slot, or
// the adapter does not fit into one, or is another model's.
bool graft_graph_slot(struct graft_graph * graph, int32_t slot, const struct graft_adapter * adapter);

// Says, before each decode, what is in its batch: each token's number, its slot, what its adapter's effect is multiplied by, and whether its output
// row is wanted. NULL: understood.
const char * graft_graph_plan(struct graft_graph * graph, int32_t count, const int32_t * tokens, const int32_t * slots, const float * scales,
                              const int8_t * outputs);

// Whether adapters are mixed (the default), or llama.cpp's own nodes compute the placeholder adapter for all tokens: to compare.
void graft_graph_mixing(struct graft_graph * graph, bool mixing);

#ifdef __cplusplus
}
#endif
