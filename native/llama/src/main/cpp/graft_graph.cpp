// Graft's kernels in llama.cpp's graphs.
//
// The scheduler of ggml shows each node of a graph to a callback before anything is computed (ggml_backend_sched_set_eval_callback). The callback
// turns nodes that Graft knows wholly into GGML_OP_CUSTOM nodes with the same inputs and output, which call a kernel of ours. It never asks to see
// a result, so the graph is not broken up. Graphs are computed again for the next batch of the same shape: a node that was taken stays taken.

#include "graft_graph.h"

#include <cstring>
#include <memory>
#include <new>

#include "graft_adapters.h"
#include "graft_attention.h"
#include "graft_kernel_mixer.h"
#include "graft_matrix.h"
#include "graft_node_mixer.h"

struct graft_matrices {
    graft::PackedMatrices packed;
};

struct graft_graph {
    graft_graph(graft_matrices * matrices, bool takes_attention)
        : takes_products(matrices != nullptr), products(matrices == nullptr ? nullptr : &matrices->packed), takes_attention(takes_attention) {}

    bool takes_products;
    graft::Products products;
    bool takes_attention;
    std::unique_ptr<graft::Mixer> mixer;  // of adapters; empty where they are not mixed
    const char * fault = nullptr;
};

namespace {

bool begins_graph(const ggml_tensor * node) {
    return node->op == GGML_OP_GET_ROWS && node->src[1] != nullptr && strcmp(node->src[1]->name, "inp_tokens") == 0;
}

bool on_node(ggml_tensor * node, bool before, void * userdata) {
    auto * graph = static_cast<graft_graph *>(userdata);
    if (!before) {
        return true;
    }
    if (begins_graph(node)) {
        graph->products.begin();
        if (graph->mixer != nullptr) {
            graph->mixer->begin(node->src[1]);
        }
    } else if (graph->mixer != nullptr && graph->mixer->take_if_known(node)) {
        return false;
    } else if (graph->takes_products && node->op == GGML_OP_MUL_MAT) {
        if (!graph->products.take_if_known(node)) {
            graph->fault = "a product over packed weights has a shape that Graft's kernel doesn't know";
        }
    } else if (graph->takes_attention && node->op == GGML_OP_FLASH_ATTN_EXT) {
        graft::take_attention_if_known(node);
    }
    return false;
}

}  // namespace

extern "C" {

struct graft_matrices * graft_matrices_new(void) { return new (std::nothrow) graft_matrices; }

void graft_matrices_free(struct graft_matrices * matrices) { delete matrices; }

struct graft_graph * graft_graph_new(struct graft_matrices * matrices, bool attention) { return new (std::nothrow) graft_graph(matrices, attention); }

void graft_graph_install(struct graft_graph * graph, struct llama_context_params * params) {
    params->cb_eval = on_node;
    params->cb_eval_user_data = graph;
}

const char * graft_graph_fault(struct graft_graph * graph) {
    const char * fault = graph->fault;
    graph->fault = nullptr;
    const char * mixed = graph->mixer == nullptr ? nullptr : graph->mixer->end();
    return fault != nullptr ? fault : mixed;
}

void graft_graph_free(struct graft_graph * graph) { delete graph; }

bool graft_graph_mix(struct graft_graph * graph, int32_t layers, int32_t slots) {
    graph->mixer.reset(new (std::nothrow) graft::KernelMixer(layers, slots));
    return graph->mixer != nullptr;
}

bool graft_graph_mix_by_nodes(struct graft_graph * graph, int32_t layers, int32_t slots, int32_t rank, int32_t bits) {
    graph->mixer.reset(bits == 16 || bits == 32 ? new (std::nothrow) graft::NodeMixer(layers, slots, rank, bits) : nullptr);
    return graph->mixer != nullptr;
}

void graft_graph_unmix(struct graft_graph * graph) { graph->mixer.reset(); }

bool graft_graph_slot(struct graft_graph * graph, int32_t slot, const struct graft_adapter * adapter) {
    if (graph->mixer == nullptr || slot < 1 || slot > graph->mixer->slots()) {
        return false;
    }
    return graph->mixer->put(slot, adapter);
}

const char * graft_graph_plan(struct graft_graph * graph, int32_t count, const int32_t * tokens, const int32_t * slots, const float * scales,
                              const int8_t * outputs) {
    return graph->mixer == nullptr ? "the context mixes no adapters" : graph->mixer->plan(count, tokens, slots, scales, outputs);
}

void graft_graph_mixing(struct graft_graph * graph, bool mixing) {
    if (graph->mixer != nullptr) {
        graph->mixer->mix(mixing);
    }
}
}
