// LoRA adapters told apart token by token in one decode.
//
//   y[t] = W x[t] + B_s (c_t A_s x[t]),   s = the adapter of token t, its scale in B_s, c_t its request's; y[t] = W x[t] where it has none
//
// Shapes (ggml's order, innermost first): W [inputs, outputs]; A_s [inputs, rank_s]; B_s [rank_s, outputs]; x [inputs, tokens] F32;
// y [outputs, tokens] F32.
//
// llama.cpp applies one set of adapters to all tokens of a decode (llm_graph_context::build_lora_mm: MUL_MAT by A, MUL_MAT by B, SCALE, ADD). One
// *placeholder* adapter of rank 1, attached to the context once, makes it build these nodes for every target of every layer. Before they are
// computed they become ours: the first computes c_t A_s x for each token's own adapter, the second and third are left out, the last adds B_s (A_s x).
// No adapter is ever attached or detached, so llama.cpp reserves and rebuilds nothing; each adapter keeps its own rank and targets, without padding;
// and where no token of a batch has an adapter for a target, all four nodes are left out.
//
// A token's sums are taken in the same order whatever else is in the batch: its result is the same to the last bit.

#include "graft_mixer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "graft_node.h"
#include "graft_simd.h"

namespace graft {
namespace {

constexpr const char * kSuffix = ".lora_a";
constexpr size_t kSuffixLength = 7;
constexpr const char * kTargetNames[GRAFT_TARGETS] = {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"};

// Tokens of one run, and the rows of A or tiles of B that one thread computes for them.
struct Part {
    const Pair * pair;
    const int * columns;
    const float * scales;  // of the tokens
    int count;
    int begin;
    int end;
};

struct Columns {
    const char * data;
    size_t stride;  // bytes
};

}  // namespace

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
#include "graft_mixer_kernel.h"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2")
namespace avx512 {
#include "graft_mixer_kernel.h"
}  // namespace avx512
#pragma GCC pop_options

namespace {

void down(ggml_tensor * node, int thread, int threads, void * site) {
    const auto * at = static_cast<const Site *>(site);
    at->mixer->compute_down(node, at->index, thread, threads);
}

void up(ggml_tensor * node, int thread, int threads, void * site) {
    const auto * at = static_cast<const Site *>(site);
    at->mixer->compute_up(node, at->index, thread, threads);
}

// Calls part(pair, run, begin, end) for this thread's share of all runs' units (rows of A, tiles of B), each unit of a run as dear as another.
template <typename Units, typename Do>
void each_part(const TokenList & list, int site, int thread, int threads, Units units, Do part) {
    int64_t all = 0;
    for (const Run & run : list.runs) {
        const Pair & pair = run.adapter->pairs[site];
        all += static_cast<int64_t>(units(pair)) * run.count * pair.rank;
    }
    const int64_t begin = all * thread / threads;
    const int64_t end = all * (thread + 1) / threads;
    int64_t before = 0;
    for (const Run & run : list.runs) {
        const Pair & pair = run.adapter->pairs[site];
        if (pair.rank == 0) {
            continue;
        }
        const int64_t cost = static_cast<int64_t>(run.count) * pair.rank;
        const auto bound = [&](int64_t at) { return static_cast<int>(std::clamp<int64_t>((at - before) / cost, 0, units(pair))); };
        if (end > before && bound(begin) < bound(end)) {
            part(pair, run, bound(begin), bound(end));
        }
        before += cost * units(pair);
    }
}

bool floats(const ggml_tensor * x) { return x->type == GGML_TYPE_F32 && x->nb[0] == sizeof(float) && x->ne[2] == 1 && x->ne[3] == 1 && in_memory(x); }

}  // namespace

Mixer::Mixer(int layers, int slots) : sites_(static_cast<size_t>(layers) * GRAFT_TARGETS), slots_(slots + 1) {
    for (size_t i = 0; i < sites_.size(); i++) {
        sites_[i] = {this, static_cast<int>(i)};
    }
}

const char * Mixer::plan(int count, const int32_t * tokens, const int32_t * slots, const float * scales, const int8_t * outputs) {
    rank_stride_ = kInputs;
    for (int i = 0; i < count; i++) {
        if (slots[i] < 0 || slots[i] > this->slots() || (slots[i] > 0 && slots_[slots[i]] == nullptr)) {
            return "a token has a slot without an adapter";
        }
        if (!std::isfinite(scales[i])) {
            return "a token's scale is not a number";
        }
        if (slots[i] > 0) {
            rank_stride_ = std::max(rank_stride_, slots_[slots[i]]->highest_rank);
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
    list.runs.clear();
    std::vector<int> slot_of;
    std::vector<float> scale_of;
    for (int i = begin; i < end; i++) {
        if (!outputs_only || outputs_[i] != 0) {
            (token_slots_[i] == 0 ? list.others : list.order).push_back(list.columns++);
            slot_of.push_back(token_slots_[i]);
            scale_of.push_back(token_scales_[i]);
        }
    }
    std::stable_sort(list.order.begin(), list.order.end(), [&](int x, int y) { return slot_of[x] < slot_of[y]; });
    for (int at = 0; at < static_cast<int>(list.order.size()); at++) {
        const graft_adapter * adapter = slots_[slot_of[list.order[at]]];
        list.scales.push_back(scale_of[list.order[at]]);
        if (list.runs.empty() || list.runs.back().adapter != adapter) {
            list.runs.push_back({adapter, at, 0});
        }
        list.runs.back().count++;
    }
}

void Mixer::begin(const ggml_tensor * token_ids) {
    end_graph();
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
    most_columns_ = count;
    middle_.resize(static_cast<size_t>(GRAFT_TARGETS) * count * rank_stride_);
    sites_seen_ = 0;
    open_ = nullptr;
    in_graph_ = true;
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

const TokenList * Mixer::list_of(const ggml_tensor * node) {
    if (node->ne[1] == all_.columns) {
        return &all_;
    }
    if (node->ne[1] == wanted_.columns) {
        return &wanted_;
    }
    return nullptr;
}

bool Mixer::used(const TokenList & list, int site) const {
    return std::any_of(list.runs.begin(), list.runs.end(), [&](const Run & run) { return run.adapter->pairs[site].rank > 0; });
}

bool Mixer::take_if_known(ggml_tensor * node) {
    if (!in_graph_ || node->src[0] == nullptr || node->src[1] == nullptr) {
        if (open_ != nullptr && b_ != nullptr && node->src[0] == b_) {  // SCALE has one input
            scaled_ = node;
            node->op = mixing_ ? GGML_OP_NONE : GGML_OP_SCALE;
            return true;
        }
        return false;
    }
    if (open_ != nullptr && node->src[1] == a_) {
        b_ = node;
        node->op = mixing_ ? GGML_OP_NONE : GGML_OP_MUL_MAT;
        return true;
    }
    if (open_ != nullptr && scaled_ != nullptr && node->src[1] == scaled_) {
        end_site(node);
        return true;
    }
    const bool product = node->op == GGML_OP_MUL_MAT || node->op == GGML_OP_CUSTOM || node->op == GGML_OP_NONE;
    Site * site = product ? site_of(node->src[0]) : nullptr;
    if (site != nullptr) {
        begin_site(node, *site);
    }
    return site != nullptr;
}

namespace {

void give_back(ggml_tensor * node, ggml_op op) {
    node->op = op;
    memset(node->op_params, 0, sizeof(node->op_params));
}

}  // namespace

void Mixer::begin_site(ggml_tensor * node, Site & site) {
    if (open_ != nullptr) {
        fail("the nodes of two targets are mixed up");
    }
    open_ = &site;
    a_ = node;
    b_ = scaled_ = nullptr;
    if (!mixing_) {
        give_back(node, GGML_OP_MUL_MAT);
        return;
    }
    const TokenList * list = list_of(node);
    if (list == nullptr || !floats(node->src[1]) || node->src[1]->ne[1] != node->ne[1]) {
        fail("a target's activations have a shape that is not known");
        node->op = GGML_OP_NONE;
    } else if (used(*list, site.index)) {
        take(node, down, &site, 0);
    } else {
        node->op = GGML_OP_NONE;
    }
}

void Mixer::end_site(ggml_tensor * node) {
    Site & site = *open_;
    open_ = nullptr;
    sites_seen_++;
    if (!mixing_) {
        give_back(node, GGML_OP_ADD);
        return;
    }
    const TokenList * list = list_of(node);
    const ggml_tensor * base = node->src[0];
    if (list == nullptr || !floats(base) || !floats(node) || !ggml_are_same_shape(base, node)) {
        fail("a target's output has a shape that is not known");
        node->op = GGML_OP_NONE;
    } else if (used(*list, site.index) || base->data != node->data) {
        take(node, up, &site, 0);
    } else {
        node->op = GGML_OP_NONE;  // the output is where the base's product is
    }
}

void Mixer::compute_down(const ggml_tensor * node, int site, int thread, int threads) {
    const ggml_tensor * x = node->src[1];
    const TokenList & list = *list_of(node);
    const auto rows = [](const Pair & pair) { return pair.rank; };
    each_part(list, site, thread, threads, rows, [&](const Pair & pair, const Run & run, int begin, int end) {
        const Part part = {&pair, list.order.data() + run.begin, list.scales.data() + run.begin, run.count, begin, end};
        const Columns columns = {static_cast<const char *>(x->data), x->nb[1]};
        float * out = middle(site, run.begin);
        const bool halves = run.adapter->bits == 16;
        if (has_avx512()) {
            halves ? avx512::down<avx512::Halves>(part, columns, out, rank_stride_) : avx512::down<avx512::Floats>(part, columns, out, rank_stride_);
        } else {
            halves ? avx2::down<avx2::Halves>(part, columns, out, rank_stride_) : avx2::down<avx2::Floats>(part, columns, out, rank_stride_);
        }
    });
}

void Mixer::compute_up(ggml_tensor * node, int site, int thread, int threads) {
    const ggml_tensor * base = node->src[0];
    const TokenList & list = *list_of(node);
    const Columns from = {static_cast<const char *>(base->data), base->nb[1]};
    const Columns to = {static_cast<const char *>(node->data), node->nb[1]};
    const auto tiles = [](const Pair & pair) { return pair.outputs / kOutputs; };
    each_part(list, site, thread, threads, tiles, [&](const Pair & pair, const Run & run, int begin, int end) {
        const Part part = {&pair, list.order.data() + run.begin, list.scales.data() + run.begin, run.count, begin, end};
        const float * mid = middle(site, run.begin);
        const bool halves = run.adapter->bits == 16;
        if (has_avx512()) {
            halves ? avx512::up<avx512::Halves>(part, mid, rank_stride_, from, to) : avx512::up<avx512::Floats>(part, mid, rank_stride_, from, to);
        } else {
            halves ? avx2::up<avx2::Halves>(part, mid, rank_stride_, from, to) : avx2::up<avx2::Floats>(part, mid, rank_stride_, from, to);
        }
    });
    if (base->data == node->data) {
        return;
    }
    const auto copy = [&](int column) {
        memcpy(const_cast<char *>(to.data) + column * to.stride, from.data + column * from.stride, node->ne[0] * sizeof(float));
    };
    for (size_t i = thread; i < list.others.size(); i += threads) {
        copy(list.others[i]);
    }
    for (const Run & run : list.runs) {
        for (int i = thread; run.adapter->pairs[site].rank == 0 && i < run.count; i += threads) {
            copy(list.order[run.begin + i]);
        }
    }
}

}  // namespace graft
