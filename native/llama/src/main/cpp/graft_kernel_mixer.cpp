// Adapters by kernels of our own, on the processor.
//
//   y[t] = W x[t] + B_s (c_t A_s x[t]),   s = the adapter of token t, its scale in B_s, c_t its request's; y[t] = W x[t] where it has none
//
// Shapes (ggml's order, innermost first): W [inputs, outputs]; A_s [inputs, rank_s]; B_s [rank_s, outputs]; x [inputs, tokens] F32;
// y [outputs, tokens] F32.
//
// Of the placeholder's nodes the first computes c_t A_s x for each token's own adapter, the second and third are left out, the last adds
// B_s (c_t A_s x). Each adapter keeps its own rank and targets, without padding; where no token of a batch has an adapter for a target, all four
// nodes are left out.
//
// A token's sums are taken in the same order whatever else is in the batch: its result is the same to the last bit.

#include "graft_kernel_mixer.h"

#include <algorithm>
#include <cstring>

#include "graft_ahead.h"
#include "graft_matrix.h"
#include "graft_node.h"
#include "graft_simd.h"

namespace graft {
namespace {

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
    static_cast<KernelMixer *>(at->mixer)->compute_down(node, at->index, thread, threads);
}

void up(ggml_tensor * node, int thread, int threads, void * site) {
    const auto * at = static_cast<const Site *>(site);
    static_cast<KernelMixer *>(at->mixer)->compute_up(node, at->index, thread, threads);
}

void weights(void * site, const ggml_tensor * product, int thread, int threads, ReadLater & later) {
    const auto * at = static_cast<const Site *>(site);
    static_cast<const KernelMixer *>(at->mixer)->say_weights(product, at->index, thread, threads, later);
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

void KernelMixer::begin_graph() {
    most_columns_ = all_.columns;
    rank_stride_ = std::max(kInputs, highest_rank_);
    middle_.resize(static_cast<size_t>(GRAFT_TARGETS) * most_columns_ * rank_stride_);
}

namespace {

void give_back(ggml_tensor * node, ggml_op op) {
    node->op = op;
    memset(node->op_params, 0, sizeof(node->op_params));
}

}  // namespace

void KernelMixer::take_a(ggml_tensor * node, Site & site) {
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

void KernelMixer::take_b(ggml_tensor * node, Site &) { node->op = mixing_ ? GGML_OP_NONE : GGML_OP_MUL_MAT; }

void KernelMixer::take_scale(ggml_tensor * node, Site &) { node->op = mixing_ ? GGML_OP_NONE : GGML_OP_SCALE; }

void KernelMixer::take_sum(ggml_tensor * node, Site & site) {
    if (!mixing_) {
        read_after(node->src[0], nullptr, nullptr);
        give_back(node, GGML_OP_ADD);
        return;
    }
    const TokenList * list = list_of(node);
    ggml_tensor * base = node->src[0];
    read_after(base, list != nullptr && used(*list, site.index) ? weights : nullptr, &site);
    if (list == nullptr || !floats(base) || !floats(node) || !ggml_are_same_shape(base, node)) {
        fail("a target's output has a shape that is not known");
        node->op = GGML_OP_NONE;
    } else if (used(*list, site.index) || base->data != node->data) {
        take(node, up, &site, 0);
    } else {
        node->op = GGML_OP_NONE;  // the output is where the base's product is
    }
}

void KernelMixer::say_weights(const ggml_tensor * product, int site, int thread, int threads, ReadLater & later) const {
    const TokenList * list = list_of(product);
    if (list == nullptr) {
        return;  // the decode is void
    }
    const auto rows = [](const Pair & pair) { return pair.rank; };
    each_part(*list, site, thread, threads, rows, [&](const Pair & pair, const Run & run, int begin, int end) {
        const size_t row_bytes = static_cast<size_t>(pair.inputs) * run.adapter->bits / 8;
        later.add(pair.a + begin * row_bytes, (end - begin) * row_bytes);
    });
    const auto tiles = [](const Pair & pair) { return pair.outputs / kOutputs; };
    each_part(*list, site, thread, threads, tiles, [&](const Pair & pair, const Run & run, int begin, int end) {
        const size_t tile_bytes = static_cast<size_t>(pair.rank) * kOutputs * run.adapter->bits / 8;
        later.add(pair.b + begin * tile_bytes, (end - begin) * tile_bytes);
    });
}

void KernelMixer::compute_down(const ggml_tensor * node, int site, int thread, int threads) {
    const ggml_tensor * x = node->src[1];
    const TokenList * known = list_of(node);
    if (known == nullptr) {
        return;  // the decode is void
    }
    const TokenList & list = *known;
    const auto rows = [](const Pair & pair) { return pair.rank; };
    each_part(list, site, thread, threads, rows, [&](const Pair & pair, const Run & run, int begin, int end) {
        const Part part = {&pair, list.order.data() + run.begin, list.scales.data() + run.begin, run.count, begin, end};
        const Columns columns = {static_cast<const char *>(x->data), x->nb[1]};
        float * out = middle(site, run.begin);
        if (has_avx512()) {
            avx512::down(run.adapter->bits, part, columns, out, rank_stride_);
        } else {
            avx2::down(run.adapter->bits, part, columns, out, rank_stride_);
        }
    });
}

void KernelMixer::compute_up(ggml_tensor * node, int site, int thread, int threads) {
    const ggml_tensor * base = node->src[0];
    const TokenList * known = list_of(node);
    if (known == nullptr) {
        return;  // the decode is void
    }
    const TokenList & list = *known;
    const Columns from = {static_cast<const char *>(base->data), base->nb[1]};
    const Columns to = {static_cast<const char *>(node->data), node->nb[1]};
    const auto tiles = [](const Pair & pair) { return pair.outputs / kOutputs; };
    each_part(list, site, thread, threads, tiles, [&](const Pair & pair, const Run & run, int begin, int end) {
        const Part part = {&pair, list.order.data() + run.begin, list.scales.data() + run.begin, run.count, begin, end};
        const float * mid = middle(site, run.begin);
        if (has_avx512()) {
            avx512::up(run.adapter->bits, part, mid, rank_stride_, from, to);
        } else {
            avx2::up(run.adapter->bits, part, mid, rank_stride_, from, to);
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
