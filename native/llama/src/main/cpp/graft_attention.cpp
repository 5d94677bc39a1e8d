// Attention for a batch of tokens of many sequences over one KV cache whose cells they share.
//
//   out[t, h] = sum_i softmax_i(scale * q[t, h] . k[i, g(h)]) v[i, g(h)],   i over the cells that the mask leaves to token t
//
// Shapes (ggml's order, innermost first): q [d, tokens, heads] F32; k, v [d, cells, kv heads] F16; mask [cells, tokens] F16, 0 or -inf;
// out [d, heads, tokens] F32. heads / kv heads query heads share a KV head g(h) (grouped-query attention).
//
// Why not ggml's (ggml_compute_forward_flash_attn_ext): it looks at each cell once for each query head, also at those that the mask takes away,
// loads K and V anew for each query head, and, from 64 tokens on, computes tiles in which every token pays for the cells of all sequences.
// With one cache for all sequences (which is what lets them share prefixes) most cells are other sequences' cells. Here each token's cells are
// listed once, K and V are loaded once for all query heads of a group, and a token costs what its own cells cost, whatever else is in the batch.
//
// A node that differs in anything from what is described here stays ggml's.

#include "graft_attention.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "ggml-backend.h"
#include "ggml.h"
#include "graft_node.h"
#include "graft_simd.h"

namespace graft {
namespace {

constexpr int kMostShared = 8;  // query heads that one pass over K and V serves

// One token's queries of `shared` heads over one KV head.
struct Work {
    const char * k;
    const char * v;
    size_t k_stride;  // bytes from cell to cell
    size_t v_stride;
    const int * cells;
    int count;
    int head_size;
    float scale;
    const float * q;  // [head_size] of the first head
    size_t q_stride;  // bytes from head to head
    float * out;      // [shared][head_size], contiguous
    float * weights;  // scratch, [shared][count]
};

// Several tokens' queries of `shared` heads over one KV head and the same cells, some of which are closed to some of the tokens.
struct Group {
    const char * k;
    const char * v;
    size_t k_stride;
    size_t v_stride;
    const int * cells;
    int count;
    const uint64_t * open;  // a bit for each of `cells`, [rows][open_stride]
    int open_stride;
    int head_size;
    float scale;
    int rows;
    int shared;
    const char * q;
    size_t q_row_stride;  // bytes from token to token
    size_t q_head_stride;
    float * out;
    size_t out_row_stride;  // floats from token to token
};

struct Scratch {
    std::vector<float> keys, values, scores, queries, mixed, highest, sums;
};

// Tokens [begin, begin + count) of a batch that are computed together.
struct Rows {
    int begin;
    int count;
    int64_t cost;
};

// Which tokens of a batch are computed together, and over which cells.
struct Plan {
    static constexpr int kMostRows = 16;
    static constexpr int kCostAlone = 3;  // a token alone waits for memory: it costs as much as so many that go together

    int words;
    std::vector<uint64_t> open;  // a bit a cell, [tokens][words]
    std::vector<int> counts;     // open cells of each token
    std::vector<uint64_t> all;   // scratch: the cells that any token of a group sees
    std::vector<Rows> groups;
    int64_t cost;
    std::vector<int> cells;      // of the group that list_cells was asked for
    std::vector<uint64_t> seen;  // a bit for each of these, [rows][seen_words]
    int seen_words;

    // Tokens go together while most of the cells that any of them sees are seen by all: those of one prompt, or of prompts that share a prefix.
    // Never those that share no cell: in a group a closed cell's value counts 0 times, which is no number where the value is infinite, as another
    // sequence's adapter may make it.
    void group(int tokens) {
        groups.clear();
        cost = 0;
        all.resize(words);
        for (int t = 0; t < tokens;) {
            std::copy_n(open.begin() + static_cast<size_t>(t) * words, words, all.begin());
            int64_t sum = counts[t];
            int cells_of_all = counts[t];
            int count = 1;
            for (; t + count < tokens && count < kMostRows; count++) {
                const uint64_t * next = open.data() + static_cast<size_t>(t + count) * words;
                int joined = 0;
                for (int w = 0; w < words; w++) {
                    joined += __builtin_popcountll(all[w] | next[w]);
                }
                const bool nothing_shared = joined == cells_of_all + counts[t + count];
                if (nothing_shared || 4 * static_cast<int64_t>(joined) * (count + 1) > 5 * (sum + counts[t + count])) {
                    break;
                }
                for (int w = 0; w < words; w++) {
                    all[w] |= next[w];
                }
                cells_of_all = joined;
                sum += counts[t + count];
            }
            const int64_t cost_of_cell = count == 1 ? kCostAlone : count;
            groups.push_back({t, count, cost_of_cell * (cells_of_all + 1)});
            cost += groups.back().cost;
            t += count;
        }
    }

    // Lists the cells that any of the rows sees, and for each row which of them it sees.
    int list_cells(const Rows & rows) {
        cells.clear();
        seen_words = words + 1;
        seen.assign(static_cast<size_t>(rows.count) * seen_words, 0);
        for (int w = 0; w < words; w++) {
            uint64_t any = 0;
            for (int r = 0; r < rows.count; r++) {
                any |= open[static_cast<size_t>(rows.begin + r) * words + w];
            }
            for (; any != 0; any &= any - 1) {
                const int bit = __builtin_ctzll(any);
                const size_t at = cells.size();
                cells.push_back(w * 64 + bit);
                for (int r = 0; r < rows.count; r++) {
                    const uint64_t here = open[static_cast<size_t>(rows.begin + r) * words + w] >> bit & 1;
                    seen[static_cast<size_t>(r) * seen_words + at / 64] |= here << (at % 64);
                }
            }
        }
        return static_cast<int>(cells.size());
    }
};

}  // namespace

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
#include "graft_attention_kernel.h"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2")
namespace avx512 {
#include "graft_attention_kernel.h"
}  // namespace avx512
#pragma GCC pop_options

namespace {

void compute_avx512(ggml_tensor * out, int thread, int threads, void *) { avx512::attend(out, thread, threads); }

void compute_avx2(ggml_tensor * out, int thread, int threads, void *) { avx2::attend(out, thread, threads); }

ggml_custom_op_t kernel() { return has_avx512() ? compute_avx512 : has_avx2() ? compute_avx2 : nullptr; }

float op_float(const ggml_tensor * node, int index) {
    float value;
    memcpy(&value, reinterpret_cast<const char *>(node->op_params) + index * sizeof(float), sizeof(float));
    return value;
}

// Whether all about this node is what attend() computes: a node that isn't stays ggml's.
bool known(const ggml_tensor * node) {
    const ggml_tensor * q = node->src[0];
    const ggml_tensor * k = node->src[1];
    const ggml_tensor * v = node->src[2];
    const ggml_tensor * mask = node->src[3];
    if (q == nullptr || k == nullptr || v == nullptr || mask == nullptr || node->src[4] != nullptr) {
        return false;
    }
    const bool types = q->type == GGML_TYPE_F32 && k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16 && mask->type == GGML_TYPE_F16 &&
                       node->type == GGML_TYPE_F32;
    const bool plain = op_float(node, 1) == 0.0f && op_float(node, 2) == 0.0f;  // neither ALiBi nor a soft cap
    const bool heads =
        q->ne[0] == k->ne[0] && q->ne[0] == v->ne[0] && q->ne[0] % 16 == 0 && k->ne[2] == v->ne[2] && k->ne[2] > 0 && q->ne[2] % k->ne[2] == 0;
    const bool one_stream = q->ne[3] == 1 && k->ne[3] == 1 && v->ne[3] == 1 && mask->ne[2] == 1 && mask->ne[3] == 1;
    const bool sizes = k->ne[1] == v->ne[1] && mask->ne[0] >= k->ne[1] && mask->ne[1] >= q->ne[1] && node->ne[0] == q->ne[0] &&
                       node->ne[1] == q->ne[2] && node->ne[2] == q->ne[1];
    const bool rows = q->nb[0] == sizeof(float) && k->nb[0] == sizeof(uint16_t) && v->nb[0] == sizeof(uint16_t) && mask->nb[0] == sizeof(uint16_t) &&
                      ggml_is_contiguous(node);
    return types && plain && heads && one_stream && sizes && rows && in_memory(q) && in_memory(k) && in_memory(v) && in_memory(mask) &&
           in_memory(node);
}

}  // namespace

void take_attention_if_known(ggml_tensor * node) {
    if (kernel() != nullptr && known(node)) {
        take(node, kernel(), nullptr, op_float(node, 0));
    }
}

}  // namespace graft
