// Adapters by nodes of ggml's own, wherever a layer is computed: on a GPU, and on processors that the kernels of graft_kernel_mixer.cpp don't know.
//
//   y[t] = W x[t] + c_t B[s_t] (A[s_t] x[t]),   s_t = the slot of token t; slot 0 is zeros
//
// MUL_MAT by the placeholder's A and B becomes MUL_MAT_ID by tensors of ours, which hold all slots: A [inputs, rank, slots + 1], B [rank, outputs,
// slots + 1], with one slot number for each token. Adapters of lower rank are padded with zeros to the placeholder's, for that is what the graph has
// memory for. Where a request scales its adapter, SCALE becomes MUL by one number for each token. Slots and numbers lie in the
// buffer type of the layer, so that the scheduler's splits stay as they are.
//
// Shapes are those that ggml's CUDA kernels want: numbers [1, tokens], activations [inputs, 1, tokens].

#include "graft_node_mixer.h"

#include <algorithm>
#include <cstring>

#include "ggml-alloc.h"

namespace graft {
namespace {

constexpr int kLeastCapacity = 64;

Tensors room_for(int tensors) {
    Tensors made;
    made.context.reset(ggml_init({tensors * ggml_tensor_overhead(), nullptr, true}));
    return made;
}

// Gives all of a context's tensors memory of this type, zeros.
bool allocate(Tensors & made, ggml_backend_buffer_type_t type) {
    made.buffer.reset(ggml_backend_alloc_ctx_tensors_from_buft(made.context.get(), type));
    if (made.buffer != nullptr) {
        ggml_backend_buffer_clear(made.buffer.get(), 0);
    }
    return made.buffer != nullptr;
}

// Rows of floats, one behind the other.
void shape(ggml_tensor * tensor, int64_t ne0, int64_t ne1, int64_t ne2) {
    tensor->ne[0] = ne0;
    tensor->ne[1] = ne1;
    tensor->ne[2] = ne2;
    tensor->ne[3] = 1;
    tensor->nb[0] = ggml_type_size(tensor->type);
    tensor->nb[1] = tensor->nb[0] * ne0;
    tensor->nb[2] = tensor->nb[1] * ne1;
    tensor->nb[3] = tensor->nb[2] * ne2;
}

// The same numbers under another shape.
void alias(ggml_tensor & to, ggml_tensor * of) {
    to = *of;
    to.op = GGML_OP_VIEW;
    memset(to.src, 0, sizeof(to.src));
    memset(to.op_params, 0, sizeof(to.op_params));
    to.src[0] = of;
    to.view_src = of;
    to.view_offs = 0;
}

bool plain_floats(const ggml_tensor * x) {
    return x->type == GGML_TYPE_F32 && x->nb[0] == sizeof(float) && x->ne[2] == 1 && x->ne[3] == 1 && x->nb[1] >= x->ne[0] * sizeof(float);
}

}  // namespace

NodeMixer::NodeMixer(int layers, int slots, int rank, int bits)
    : Mixer(layers, slots), rank_(rank), bits_(bits), own_(static_cast<size_t>(layers) * GRAFT_TARGETS) {}

bool NodeMixer::put(int slot, const graft_adapter * adapter) {
    if (adapter != nullptr && (adapter->highest_rank > rank_ || adapter->bits != bits_)) {
        return false;
    }
    if (!Mixer::put(slot, adapter)) {
        return false;
    }
    for (size_t site = 0; adapter != nullptr && site < own_.size(); site++) {
        write_a(own_[site], static_cast<int>(site), slot);
        write_b(own_[site], static_cast<int>(site), slot);
    }
    return true;
}

// The pair's tiles as rows, and zeros below them.
void NodeMixer::write_a(const Slots & slots, int site, int slot) {
    const ggml_tensor * own = slots.a.own;
    if (own == nullptr || slots_[slot] == nullptr) {
        return;
    }
    const Pair & pair = slots_[slot]->pairs[site];
    staged_.assign(own->nb[2], 0);
    const size_t weight = bits_ / 8;
    for (int r = 0; r < pair.rank; r++) {
        const RowPlace place = row_place(pair.rank, pair.inputs, r);
        uint8_t * row = staged_.data() + static_cast<size_t>(r) * pair.inputs * weight;
        for (int i = 0; i < pair.inputs; i += kInputs) {
            memcpy(row + i * weight, pair.a + (place.first + i / kInputs * place.stride) * weight, kInputs * weight);
        }
    }
    ggml_backend_tensor_set(slots.a.own, staged_.data(), slot * own->nb[2], staged_.size());
}

// The pair's tiles as rows, and zeros behind each.
void NodeMixer::write_b(const Slots & slots, int site, int slot) {
    const ggml_tensor * own = slots.b.own;
    if (own == nullptr || slots_[slot] == nullptr) {
        return;
    }
    const Pair & pair = slots_[slot]->pairs[site];
    const size_t weight = bits_ / 8;
    staged_.assign(own->nb[2], 0);
    for (int o = 0; pair.rank > 0 && o < pair.outputs; o++) {
        const uint8_t * column = pair.b + (static_cast<size_t>(o / kOutputs) * pair.rank * kOutputs + o % kOutputs) * weight;
        uint8_t * row = staged_.data() + static_cast<size_t>(o) * own->nb[1];
        for (int r = 0; r < pair.rank; r++) {
            memcpy(row + r * weight, column + static_cast<size_t>(r) * kOutputs * weight, weight);
        }
    }
    ggml_backend_tensor_set(slots.b.own, staged_.data(), slot * own->nb[2], staged_.size());
}

bool NodeMixer::make(Half & half, ggml_tensor * theirs, int64_t ne0, int64_t ne1) {
    half.theirs = theirs;
    half.memory = room_for(1);
    if (half.memory.context == nullptr) {
        return false;
    }
    ggml_tensor * own = ggml_new_tensor_3d(half.memory.context.get(), bits_ == 16 ? GGML_TYPE_F16 : GGML_TYPE_F32, ne0, ne1, slots() + 1);
    ggml_set_name(own, theirs->name);  // by which its node is known when it comes again
    half.own = allocate(half.memory, ggml_backend_buffer_get_type(theirs->buffer)) ? own : nullptr;
    return half.own != nullptr;
}

void NodeMixer::begin_graph() { graph_++; }

// Those of a list, beside the site's layer, written once for each graph.
const NodeMixer::Columns * NodeMixer::columns(const Slots & slots, const TokenList & list) {
    ggml_backend_buffer_type_t type = ggml_backend_buffer_get_type(slots.a.theirs->buffer);
    Device & device = devices_[type];
    Columns & columns = &list == &all_ ? device.all : device.wanted;
    if (columns.graph == graph_) {
        return &columns;
    }
    if (columns.capacity < list.columns) {
        const int capacity = std::max(kLeastCapacity, 2 * list.columns);
        columns.memory = room_for(2);
        if (columns.memory.context == nullptr) {
            return nullptr;
        }
        columns.slots = ggml_new_tensor_2d(columns.memory.context.get(), GGML_TYPE_I32, 1, capacity);
        columns.scales = ggml_new_tensor_2d(columns.memory.context.get(), GGML_TYPE_F32, 1, capacity);
        columns.capacity = allocate(columns.memory, type) ? capacity : 0;
        if (columns.capacity == 0) {
            return nullptr;
        }
    }
    shape(columns.slots, 1, list.columns, 1);
    shape(columns.scales, 1, list.columns, 1);
    ggml_backend_tensor_set(columns.slots, list.slots.data(), 0, list.columns * sizeof(int32_t));
    ggml_backend_tensor_set(columns.scales, list.column_scales.data(), 0, list.columns * sizeof(float));
    columns.graph = graph_;
    return &columns;
}

void NodeMixer::take_a(ggml_tensor * node, Site & site) {
    Slots & slots = own_[site.index];
    const int64_t tokens = node->ne[1] * node->ne[2];
    list_ = nullptr;
    if (slots.a.own == nullptr || node->src[0] != slots.a.own) {  // as llama.cpp made it
        slots.a.theirs = node->src[0];
        slots.x = node->src[1];
    }
    node->op = GGML_OP_NONE;
    const TokenList * list = list_of(node);
    if (!mixing_) {
        node->op = GGML_OP_MUL_MAT;
        node->src[0] = slots.a.theirs;
        node->src[1] = slots.x;
        node->src[2] = nullptr;
        shape(node, node->ne[0], tokens, 1);
    } else if (list == nullptr || node->ne[0] != rank_ || !plain_floats(slots.x) || slots.x->ne[1] != tokens) {
        fail("a target's activations have a shape that is not known");
    } else if (used(*list, site.index)) {
        const bool first = slots.a.own == nullptr;
        columns_ = columns(slots, *list);
        if (columns_ == nullptr || (first && !make(slots.a, slots.a.theirs, slots.x->ne[0], rank_))) {
            fail("no memory for adapters' slots");
            return;
        }
        for (int slot = 1; first && slot <= this->slots(); slot++) {
            write_a(slots, site.index, slot);
        }
        alias(slots.x_alias, slots.x);
        shape(&slots.x_alias, slots.x->ne[0], 1, tokens);
        slots.x_alias.nb[1] = slots.x_alias.nb[2] = slots.x->nb[1];
        slots.x_alias.nb[3] = slots.x->nb[1] * tokens;
        list_ = list;
        node->op = GGML_OP_MUL_MAT_ID;
        node->src[0] = slots.a.own;
        node->src[1] = &slots.x_alias;
        node->src[2] = columns_->slots;
        shape(node, rank_, 1, tokens);
    }
}

void NodeMixer::take_b(ggml_tensor * node, Site & site) {
    Slots & slots = own_[site.index];
    const int64_t tokens = node->ne[1] * node->ne[2];
    b_alias_ = &slots.b_alias;
    if (slots.b.own == nullptr || node->src[0] != slots.b.own) {
        slots.b.theirs = node->src[0];
    }
    node->op = GGML_OP_NONE;
    if (!mixing_) {
        node->op = GGML_OP_MUL_MAT;
        node->src[0] = slots.b.theirs;
        node->src[2] = nullptr;
        shape(node, node->ne[0], tokens, 1);
    } else if (list_ != nullptr) {
        const bool first = slots.b.own == nullptr;
        if (first && !make(slots.b, slots.b.theirs, rank_, node->ne[0])) {
            fail("no memory for adapters' slots");
            list_ = nullptr;
            return;
        }
        for (int slot = 1; first && slot <= this->slots(); slot++) {
            write_b(slots, site.index, slot);
        }
        node->op = GGML_OP_MUL_MAT_ID;
        node->src[0] = slots.b.own;
        node->src[2] = columns_->slots;
        shape(node, node->ne[0], 1, tokens);
        alias(slots.b_alias, node);
        shape(&slots.b_alias, node->ne[0], tokens, 1);
    }
}

void NodeMixer::take_scale(ggml_tensor * node, Site & site) {
    float factor;
    float bias;
    memcpy(&factor, node->op_params, sizeof(factor));
    memcpy(&bias, node->op_params + 1, sizeof(bias));
    if (factor != 1.0f || bias != 0.0f) {
        fail("the placeholder is scaled");
    }
    node->op = GGML_OP_NONE;
    if (!mixing_) {
        node->op = GGML_OP_SCALE;
        node->src[0] = const_cast<ggml_tensor *>(b_);
        node->src[1] = nullptr;
    } else if (list_ != nullptr) {
        const auto & scales = list_->column_scales;
        const bool scaled = std::any_of(scales.begin(), scales.end(), [](float scale) { return scale != 1.0f; });
        node->op = scaled ? GGML_OP_MUL : GGML_OP_SCALE;
        node->src[0] = &own_[site.index].b_alias;
        node->src[1] = scaled ? columns_->scales : nullptr;
    }
}

void NodeMixer::take_sum(ggml_tensor * node, Site &) {
    if (!mixing_ || list_ != nullptr) {
        node->op = GGML_OP_ADD;
    } else {
        node->op = node->src[0]->data == node->data ? GGML_OP_NONE : GGML_OP_CONT;  // what the base gives, where it is or moved
    }
}

}  // namespace graft
