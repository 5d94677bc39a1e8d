// LoRA adapters told apart token by token in one decode: which nodes of a graph are concerned, and which token has which adapter.
//
// llama.cpp applies one set of adapters to all tokens of a decode (llm_graph_context::build_lora_mm: MUL_MAT by A, MUL_MAT by B, SCALE, ADD). One
// *placeholder* adapter, attached to the context once, makes it build these nodes for every target of every layer. Before they are computed they
// become ours: kernels of our own (graft_kernel_mixer.cpp), or other nodes of ggml's (graft_node_mixer.cpp). No adapter is ever attached or detached,
// so llama.cpp reserves and rebuilds nothing. Graphs are computed again for the next batch of the same shape, so each node is met again as it was
// left.

#include "graft_mixer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace graft {
namespace {

constexpr const char * kSuffix = ".lora_a";
constexpr size_t kSuffixLength = 7;
constexpr const char * kTargetNames[GRAFT_TARGETS] = {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"};

}  // namespace

Mixer::Mixer(int layers, int slots) : sites_(static_cast<size_t>(layers) * GRAFT_TARGETS), slots_(slots + 1) {
    for (size_t i = 0; i < sites_.size(); i++) {
        sites_[i] = {this, static_cast<int>(i)};
    }
}

// Kernels read as much of a pair as the model's weights have inputs and outputs.
bool Mixer::fits(const graft_adapter & adapter) const {
    if (adapter.pairs.size() != sites_.size()) {
        return false;
    }
    return std::all_of(sites_.begin(), sites_.end(), [&](const Site & site) {
        const Pair & pair = adapter.pairs[site.index];
        return pair.rank == 0 || ((site.inputs == 0 || pair.inputs == site.inputs) && (site.outputs == 0 || pair.outputs == site.outputs));
    });
}

bool Mixer::put(int slot, const graft_adapter * adapter) {
    if (adapter != nullptr && !fits(*adapter)) {
        return false;
    }
    slots_[slot] = adapter;
    return true;
}

const char * Mixer::plan(int count, const int32_t * tokens, const int32_t * slots, const float * scales, const int8_t * outputs) {
    highest_rank_ = 0;
    for (int i = 0; i < count; i++) {
        if (slots[i] < 0 || slots[i] > this->slots() || (slots[i] > 0 && slots_[slots[i]] == nullptr)) {
            return "a token has a slot without an adapter";
        }
        if (!std::isfinite(scales[i])) {
            return "a token's scale is not a number";
        }
        if (slots[i] > 0) {
            highest_rank_ = std::max(highest_rank_, slots_[slots[i]]->highest_rank);
        }
    }
    tokens_.assign(tokens, tokens + count);
    token_slots_.assign(slots, slots + count);
    token_scales_.assign(scales, scales + count);
    outputs_.assign(outputs, outputs + count);
    begun_ = 0;
    in_graph_ = false;
    fault_ = nullptr;
    return nullptr;
}

void Mixer::fill(TokenList & list, int begin, int end, bool outputs_only) {
    list.columns = 0;
    list.order.clear();
    list.scales.clear();
    list.others.clear();
    list.slots.clear();
    list.column_scales.clear();
    list.runs.clear();
    for (int i = begin; i < end; i++) {
        if (!outputs_only || outputs_[i] != 0) {
            (token_slots_[i] == 0 ? list.others : list.order).push_back(list.columns++);
            list.slots.push_back(token_slots_[i]);
            list.column_scales.push_back(token_slots_[i] == 0 ? 1.0f : token_scales_[i]);
        }
    }
    std::stable_sort(list.order.begin(), list.order.end(), [&](int x, int y) { return list.slots[x] < list.slots[y]; });
    for (int at = 0; at < static_cast<int>(list.order.size()); at++) {
        const graft_adapter * adapter = slots_[list.slots[list.order[at]]];
        list.scales.push_back(list.column_scales[list.order[at]]);
        if (list.runs.empty() || list.runs.back().adapter != adapter) {
            list.runs.push_back({adapter, at, 0});
        }
        list.runs.back().count++;
    }
}

void Mixer::begin(const ggml_tensor * token_ids) {
    end_graph();
    fill(all_, 0, 0, false);  // nodes of ours in a graph that is void must not look for tokens of the one before
    fill(wanted_, 0, 0, false);
    const int count = static_cast<int>(token_ids->ne[0]);
    if (begun_ + count > static_cast<int>(tokens_.size())) {
        fail("a micro-batch has more tokens than were planned");
        return;
    }
    std::vector<int32_t> shown(count);
    ggml_backend_tensor_get(token_ids, shown.data(), 0, count * sizeof(int32_t));
    if (!std::equal(shown.begin(), shown.end(), tokens_.begin() + begun_)) {
        fail("a micro-batch has other tokens than were planned");
        return;
    }
    fill(all_, begun_, begun_ + count, false);
    fill(wanted_, begun_, begun_ + count, true);
    begun_ += count;
    sites_seen_ = 0;
    open_ = nullptr;
    in_graph_ = true;
    begin_graph();
}

void Mixer::end_graph() {
    if (in_graph_ && (open_ != nullptr || sites_seen_ != static_cast<int>(sites_.size()))) {
        fail("a graph lacks nodes of the placeholder adapter");
    }
    in_graph_ = false;
}

const char * Mixer::end() {
    end_graph();
    if (begun_ != static_cast<int>(tokens_.size())) {
        fail("fewer tokens were computed than planned");
    }
    const char * fault = fault_;
    fault_ = nullptr;
    return fault;
}

// The site of a placeholder's A, by its name, as llama.cpp's adapter files have it: blk.LAYER.TARGET.weight.lora_a
Site * Mixer::site_of(const ggml_tensor * a) {
    const size_t length = strlen(a->name);
    if (length < kSuffixLength || strcmp(a->name + length - kSuffixLength, kSuffix) != 0) {
        return nullptr;  // most nodes: looking further would cost each step as much as some of its kernels
    }
    const auto found = by_a_.find(a);
    if (found != by_a_.end()) {
        return found->second;
    }
    int layer = -1;
    char target[GGML_MAX_NAME];
    int read = 0;
    if (sscanf(a->name, "blk.%d.%[a-z_].weight.lora_a%n", &layer, target, &read) != 2 || read == 0 || a->name[read] != '\0') {
        return nullptr;
    }
    const auto * end = kTargetNames + GRAFT_TARGETS;
    const auto * name = std::find_if(kTargetNames, end, [&](const char * known) { return strcmp(known, target) == 0; });
    const size_t site = static_cast<size_t>(layer) * GRAFT_TARGETS + (name - kTargetNames);
    if (name == end || layer < 0 || site >= sites_.size()) {
        return nullptr;
    }
    return by_a_[a] = &sites_[site];
}

const TokenList * Mixer::list_of(const ggml_tensor * node) const {
    const int64_t columns = node->ne[1] * node->ne[2];
    if (columns == all_.columns) {
        return &all_;
    }
    if (columns == wanted_.columns) {
        return &wanted_;
    }
    return nullptr;
}

bool Mixer::used(const TokenList & list, int site) const {
    return std::any_of(list.runs.begin(), list.runs.end(), [&](const Run & run) { return run.adapter->pairs[site].rank > 0; });
}

bool Mixer::take_if_known(ggml_tensor * node) {
    if (!in_graph_ || node->src[0] == nullptr) {
        return false;
    }
    if (open_ != nullptr && take_of_open(node)) {
        return true;
    }
    const bool product = node->op == GGML_OP_MUL_MAT || node->op == GGML_OP_MUL_MAT_ID || node->op == GGML_OP_CUSTOM || node->op == GGML_OP_NONE;
    Site * site = product && node->src[1] != nullptr ? site_of(node->src[0]) : nullptr;
    if (site != nullptr) {
        open(node, *site);
    }
    return site != nullptr;
}

void Mixer::open(ggml_tensor * node, Site & site) {
    if (open_ != nullptr) {
        fail("the nodes of two targets are mixed up");
    }
    open_ = &site;
    site.inputs = static_cast<int>(node->src[0]->ne[0]);
    a_ = node;
    b_ = b_alias_ = scaled_ = nullptr;
    take_a(node, site);
}

bool Mixer::take_of_open(ggml_tensor * node) {
    if (b_ == nullptr) {
        if (node->src[1] != a_) {
            return false;
        }
        b_ = node;
        open_->outputs = static_cast<int>(node->ne[0]);
        take_b(node, *open_);
    } else if (scaled_ == nullptr) {
        if (node->src[0] != b_ && (b_alias_ == nullptr || node->src[0] != b_alias_)) {
            return false;
        }
        scaled_ = node;
        take_scale(node, *open_);
    } else {
        if (node->src[1] != scaled_) {
            return false;
        }
        Site & site = *open_;
        open_ = nullptr;
        sites_seen_++;
        take_sum(node, site);
    }
    return true;
}

}  // namespace graft
