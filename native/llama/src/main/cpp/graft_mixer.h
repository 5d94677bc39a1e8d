#pragma once

// Mixed batches: what is known of a batch and of the graph's nodes, whoever computes them. See graft_mixer.cpp.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ggml.h"
#include "graft_adapters.h"
#include "graft_arena.h"

namespace graft {

constexpr int kOutputs = 32;  // of one tile of B
constexpr int kInputs = 16;   // A's rows are whole vectors of the widest kind
constexpr int kRows = 4;      // of A that are read together

// One target's pair, as the kernels want it. Weights are floats, halves, or bytes: whole numbers of steps, a step for each row of A and each output
// of B.
struct Pair {
    int rank = 0;  // 0: the adapter has none here
    int inputs = 0;
    int outputs = 0;
    const uint8_t * a = nullptr;      // tiles of 4 rows: [rank / 4][inputs / 16][4][16], then the rows that are left, [rank % 4][inputs]
    const uint8_t * b = nullptr;      // tiles of 32 outputs: [outputs / 32][rank][32], scaled
    const float * a_steps = nullptr;  // of bytes: [rank]
    const float * b_steps = nullptr;  // of bytes: [outputs]
};

// Where in a a row's first weights stand, 16 of them, and how far it is from those to the next.
struct RowPlace {
    size_t first;
    size_t stride;
};

inline RowPlace row_place(int rank, int inputs, int row) {
    const auto length = static_cast<size_t>(inputs);
    return row < rank / kRows * kRows ? RowPlace{row / kRows * kRows * length + row % kRows * kInputs, kRows * kInputs}
                                      : RowPlace{row * length, kInputs};
}

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
    std::vector<int> order;            // columns, those of one adapter behind one another
    std::vector<float> scales;         // of each in that order
    std::vector<int> others;           // columns without an adapter
    std::vector<int32_t> slots;        // of each column
    std::vector<float> column_scales;  // of each column; 1 where it has no adapter
    std::vector<Run> runs;
};

class Mixer;

// One target of one layer in the graph.
struct Site {
    Mixer * mixer;
    int index;        // layer * GRAFT_TARGETS + target
    int inputs = 0;   // of the model's weight; 0: not met yet
    int outputs = 0;  // likewise
};

// Knows which nodes of a graph are the placeholder's, and to which token which adapter belongs. What becomes of the nodes is for subclasses to say.
class Mixer {
  public:
    Mixer(int layers, int slots);
    Mixer(const Mixer &) = delete;
    Mixer & operator=(const Mixer &) = delete;
    virtual ~Mixer() = default;

    // nullptr: none. Not while a decode is under way. False where it can't be taken.
    virtual bool put(int slot, const graft_adapter * adapter);
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

  protected:
    // The four nodes of a site, as they come: A x, B (A x), what that is scaled to, and the sum with what the base gives.
    virtual void take_a(ggml_tensor * node, Site & site) = 0;
    virtual void take_b(ggml_tensor * node, Site & site) = 0;
    virtual void take_scale(ggml_tensor * node, Site & site) = 0;
    virtual void take_sum(ggml_tensor * node, Site & site) = 0;
    // A micro-batch's lists are filled.
    virtual void begin_graph() = 0;

    const TokenList * list_of(const ggml_tensor * node) const;
    bool used(const TokenList & list, int site) const;
    void fail(const char * why) { fault_ = fault_ == nullptr ? why : fault_; }

    std::vector<Site> sites_;
    std::vector<const graft_adapter *> slots_;
    bool mixing_ = true;
    TokenList all_, wanted_;  // of the graph
    int highest_rank_ = 0;    // of the decode's adapters

    // of the site whose nodes are coming
    const ggml_tensor * a_ = nullptr;
    const ggml_tensor * b_ = nullptr;
    const ggml_tensor * b_alias_ = nullptr;  // stands for b_ where it has another shape

  private:
    Site * site_of(const ggml_tensor * a);
    bool fits(const graft_adapter & adapter) const;
    void fill(TokenList & list, int begin, int end, bool outputs_only);
    void open(ggml_tensor * node, Site & site);
    bool take_of_open(ggml_tensor * node);
    void end_graph();

    std::unordered_map<const ggml_tensor *, Site *> by_a_;

    // of the decode
    std::vector<int32_t> tokens_, token_slots_;
    std::vector<float> token_scales_;
    std::vector<int8_t> outputs_;
    int begun_ = 0;
    const char * fault_ = nullptr;

    // of the graph
    int sites_seen_ = 0;
    bool in_graph_ = false;
    Site * open_ = nullptr;  // the site whose nodes are coming
    const ggml_tensor * scaled_ = nullptr;
};

}  // namespace graft
