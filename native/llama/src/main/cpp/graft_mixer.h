#pragma once

// Mixed batches: see graft_mixer.cpp.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ggml.h"
#include "graft_adapters.h"
#include "graft_arena.h"

namespace graft {

constexpr int kOutputs = 32;  // of one tile of B
constexpr int kInputs = 16;   // A's rows are whole vectors of the widest kind

// One target's pair, as the kernels want it. Weights are halves or floats.
struct Pair {
    int rank = 0;  // 0: the adapter has none here
    int inputs = 0;
    int outputs = 0;
    const uint8_t * a = nullptr;  // [rank][inputs]
    const uint8_t * b = nullptr;  // tiles of 32 outputs: [outputs / 32][rank][32], scaled
};

}  // namespace graft

struct graft_adapter {
    graft_adapter(int layers, int bits) : bits(bits), pairs(static_cast<size_t>(layers) * GRAFT_TARGETS) {}
    int bits;
    int highest_rank = 0;
    std::vector<graft::Pair> pairs;  // [layers][targets]
    graft::Arena arena{size_t{2} << 20};
};

namespace graft {

// Tokens of a micro-batch that have the same adapter.
struct Run {
    const graft_adapter * adapter;
    int begin;  // in TokenList::order
    int count;
};

// The tokens of a micro-batch by adapter: all of them, or those whose output row is wanted.
struct TokenList {
    int columns = 0;
    std::vector<int> order;     // columns, those of one adapter behind one another
    std::vector<float> scales;  // of each in that order
    std::vector<int> others;    // columns without an adapter
    std::vector<Run> runs;
};

class Mixer;

// One target of one layer in the graph.
struct Site {
    Mixer * mixer;
    int index;  // layer * GRAFT_TARGETS + target
};

class Mixer {
  public:
    Mixer(int layers, int slots);
    void put(int slot, const graft_adapter * adapter) { slots_[slot] = adapter; }
    int slots() const { return static_cast<int>(slots_.size()) - 1; }
    void mix(bool mixing) { mixing_ = mixing; }

    // nullptr, or why a decode of this can't be.
    const char * plan(int count, const int32_t * tokens, const int32_t * slots, const float * scales, const int8_t * outputs);
    // The graph of the next tokens begins.
    void begin(const ggml_tensor * token_ids);
    // Whether the node is one of an adapter's; it is dealt with then.
    bool take_if_known(ggml_tensor * node);
    // After a decode: nullptr, or why its output is void.
    const char * end();

    void compute_down(const ggml_tensor * node, int site, int thread, int threads);
    void compute_up(ggml_tensor * node, int site, int thread, int threads);

  private:
    Site * site_of(const ggml_tensor * a);
    const TokenList * list_of(const ggml_tensor * node);
    bool used(const TokenList & list, int site) const;
    void fill(TokenList & list, int begin, int end, bool outputs_only);
    void begin_site(ggml_tensor * node, Site & site);
    void end_site(ggml_tensor * node);
    void end_graph();
    void fail(const char * why) { fault_ = fault_ == nullptr ? why : fault_; }
    float * middle(int site, int at) { return middle_.data() + (static_cast<size_t>(site % GRAFT_TARGETS) * most_columns_ + at) * rank_stride_; }

    std::vector<Site> sites_;
    std::unordered_map<const ggml_tensor *, Site *> by_a_;
    std::vector<const graft_adapter *> slots_;
    bool mixing_ = true;

    // of the decode
    std::vector<int32_t> tokens_, token_slots_;
    std::vector<float> token_scales_;
    std::vector<int8_t> outputs_;
    int begun_ = 0;
    const char * fault_ = nullptr;

    // of the graph
    TokenList all_, wanted_;
    int sites_seen_ = 0;
    bool in_graph_ = false;
    Site * open_ = nullptr;  // the site whose nodes are coming
    const ggml_tensor * a_ = nullptr;
    const ggml_tensor * b_ = nullptr;
    const ggml_tensor * scaled_ = nullptr;
    std::vector<float> middle_;  // A x, [targets][columns][rank_stride_]
    int most_columns_ = 0;
    int rank_stride_ = 0;
};

}  // namespace graft
