#pragma once

// A node of ggml's graph that Graft computes: ggml calls a function of ours where it would have called its own kernel.

#include <cstdint>
#include <cstring>

#include "ggml-backend.h"
#include "ggml.h"

namespace graft {

// ggml_custom_op_params of ggml-impl.h, which ggml keeps to itself.
struct CustomOp {
    ggml_custom_op_t compute;
    int tasks;
    void * userdata;
};

constexpr size_t kOwnParams = 32;  // in op_params, behind what GGML_OP_CUSTOM keeps there
static_assert(sizeof(CustomOp) <= kOwnParams && kOwnParams < GGML_MAX_OP_PARAMS, "op_params have no room");

// Makes the node one of ours, with the same inputs and output. Its threads are all that compute.
template <typename Own>
void take(ggml_tensor * node, ggml_custom_op_t compute, void * userdata, const Own & own) {
    static_assert(kOwnParams + sizeof(Own) <= GGML_MAX_OP_PARAMS, "op_params have no room");
    const CustomOp op = {compute, GGML_N_TASKS_MAX, userdata};
    char * params = reinterpret_cast<char *>(node->op_params);
    memcpy(params, &op, sizeof(op));
    memcpy(params + kOwnParams, &own, sizeof(own));
    node->op = GGML_OP_CUSTOM;
}

inline CustomOp custom_op(const ggml_tensor * node) {
    CustomOp op;
    memcpy(&op, node->op_params, sizeof(op));
    return op;
}

// Whether the node was taken to be computed so.
inline bool computes(const ggml_tensor * node, ggml_custom_op_t compute) { return node->op == GGML_OP_CUSTOM && custom_op(node).compute == compute; }

// What take() was given as `own`.
template <typename Own>
Own own_params(const ggml_tensor * node) {
    Own own;
    memcpy(&own, reinterpret_cast<const char *>(node->op_params) + kOwnParams, sizeof(own));
    return own;
}

inline bool in_memory(const ggml_tensor * tensor) { return tensor->buffer != nullptr && ggml_backend_buffer_is_host(tensor->buffer); }

}  // namespace graft
