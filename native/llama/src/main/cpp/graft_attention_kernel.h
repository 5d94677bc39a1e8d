// The kernel of graft_attention.cpp: included once for each instruction set, in its namespace. No include guard, therefore.

// weights[h][i] = scale * q[h] . k[i]
template <int Shared>
static void score(const Work & w) {
    const int chunks = w.head_size / Lanes::kCount;
    for (int i = 0; i < w.count; i++) {
        const char * k = w.k + w.cells[i] * w.k_stride;
        const char * ahead = w.k + w.cells[std::min(i + 8, w.count - 1)] * w.k_stride;
        for (int b = 0; b < w.head_size * 2; b += 64) _mm_prefetch(ahead + b, _MM_HINT_T0);
        Vector sums[Shared];
        for (int h = 0; h < Shared; h++) {
            sums[h] = Lanes::zero();
        }
        for (int c = 0; c < chunks; c++) {
            const Vector key = Lanes::load_half(k + c * Lanes::kCount * sizeof(uint16_t));
            for (int h = 0; h < Shared; h++) {
                const float * q = reinterpret_cast<const float *>(reinterpret_cast<const char *>(w.q) + h * w.q_stride);
                sums[h] = Lanes::fma(key, Lanes::load(q + c * Lanes::kCount), sums[h]);
            }
        }
        for (int h = 0; h < Shared; h++) {
            w.weights[static_cast<size_t>(h) * w.count + i] = w.scale * Lanes::sum(sums[h]);
        }
    }
}

// In place: e^(score - highest); returns their sum.
static inline float soften(float * scores, int count) {
    float highest = scores[0];
    for (int i = 1; i < count; i++) {
        highest = std::max(highest, scores[i]);
    }
    const Vector less = Lanes::all(-highest);
    Vector sums = Lanes::zero();
    int i = 0;
    for (; i + Lanes::kCount <= count; i += Lanes::kCount) {
        const Vector e = exp_negative(Lanes::add(Lanes::load(scores + i), less));
        Lanes::store(scores + i, e);
        sums = Lanes::add(sums, e);
    }
    float sum = Lanes::sum(sums);
    if (i < count) {
        float rest[Lanes::kCount] = {};
        std::copy(scores + i, scores + count, rest);
        Lanes::store(rest, exp_negative(Lanes::add(Lanes::load(rest), less)));
        for (int j = 0; i + j < count; j++) {
            scores[i + j] = rest[j];
            sum += rest[j];
        }
    }
    return sum;
}

// out[h] = sum_i weights[h][i] v[i] / sums[h], `Chunks` vectors of the head at a time so that all sums stay in registers.
template <int Shared, int Chunks>
static void mix(const Work & w, const float * sums) {
    for (int begin = 0; begin < w.head_size; begin += Chunks * Lanes::kCount) {
        Vector mixed[Shared][Chunks];
        for (int h = 0; h < Shared; h++) {
            for (int c = 0; c < Chunks; c++) {
                mixed[h][c] = Lanes::zero();
            }
        }
        for (int i = 0; i < w.count; i++) {
            const char * v = w.v + w.cells[i] * w.v_stride + begin * sizeof(uint16_t);
            const char * ahead = w.v + w.cells[std::min(i + 8, w.count - 1)] * w.v_stride + begin * sizeof(uint16_t);
            for (size_t b = 0; b < Chunks * Lanes::kCount * 2; b += 64) _mm_prefetch(ahead + b, _MM_HINT_T0);
            Vector value[Chunks];
            for (int c = 0; c < Chunks; c++) {
                value[c] = Lanes::load_half(v + c * Lanes::kCount * sizeof(uint16_t));
            }
            for (int h = 0; h < Shared; h++) {
                const Vector weight = Lanes::all(w.weights[static_cast<size_t>(h) * w.count + i]);
                for (int c = 0; c < Chunks; c++) {
                    mixed[h][c] = Lanes::fma(weight, value[c], mixed[h][c]);
                }
            }
        }
        for (int h = 0; h < Shared; h++) {
            const Vector norm = Lanes::all(1.0f / sums[h]);
            for (int c = 0; c < Chunks; c++) {
                Lanes::store(w.out + h * w.head_size + begin + c * Lanes::kCount, Lanes::mul(norm, mixed[h][c]));
            }
        }
    }
}

template <int Shared>
static void attend_one(const Work & w) {
    score<Shared>(w);
    float sums[Shared];
    for (int h = 0; h < Shared; h++) {
        sums[h] = soften(w.weights + static_cast<size_t>(h) * w.count, w.count);
    }
    constexpr int kWide = Lanes::kCount == 16 && Shared <= 6 ? 4 : 2;
    if (w.head_size % (kWide * Lanes::kCount) == 0) {
        mix<Shared, kWide>(w, sums);
    } else {
        mix<Shared, 1>(w, sums);
    }
}

static void attend_shared(const Work & w, int shared) {
    switch (shared) {
        case 1: return attend_one<1>(w);
        case 2: return attend_one<2>(w);
        case 3: return attend_one<3>(w);
        case 4: return attend_one<4>(w);
        case 5: return attend_one<5>(w);
        case 6: return attend_one<6>(w);
        case 7: return attend_one<7>(w);
        default: return attend_one<8>(w);
    }
}

// ---- several tokens over the same cells ----

constexpr int kBlockCells = 128;  // their K and V fit the innermost cache

// [cells][head_size] in half precision to panels of Lanes::kCount cells, [head_size][kCount] each, in single precision; what is left of the last
// panel is 0.
static void pack_keys(const Group & g, int begin, int count, float * panels) {
    for (int p = 0; p < count; p += Lanes::kCount) {
        float * panel = panels + static_cast<size_t>(p) * g.head_size;
        float rows[Lanes::kCount * Lanes::kCount];
        for (int d = 0; d < g.head_size; d += Lanes::kCount) {
            for (int i = 0; i < Lanes::kCount; i++) {
                const bool there = p + i < count;
                const char * k = g.k + g.cells[begin + (there ? p + i : 0)] * g.k_stride + d * sizeof(uint16_t);
                Lanes::store(rows + i * Lanes::kCount, there ? Lanes::load_half(k) : Lanes::zero());
            }
            Lanes::transpose(rows, panel + static_cast<size_t>(d) * Lanes::kCount);
        }
    }
}

static void unpack_values(const Group & g, int begin, int count, float * values) {
    for (int i = 0; i < count; i++) {
        const char * v = g.v + g.cells[begin + i] * g.v_stride;
        for (int d = 0; d < g.head_size; d += Lanes::kCount) {
            Lanes::store(values + static_cast<size_t>(i) * g.head_size + d, Lanes::load_half(v + d * sizeof(uint16_t)));
        }
    }
}

// scores[q][p..p+kCount) of `Queries` queries against one panel.
template <int Queries>
static void score_panel(const float * q, int head_size, const float * panel, float * scores, int stride) {
    Vector sums[Queries];
    for (int i = 0; i < Queries; i++) {
        sums[i] = Lanes::zero();
    }
    for (int d = 0; d < head_size; d++) {
        const Vector keys = Lanes::load(panel + static_cast<size_t>(d) * Lanes::kCount);
        for (int i = 0; i < Queries; i++) {
            sums[i] = Lanes::fma(Lanes::all(q[i * head_size + d]), keys, sums[i]);
        }
    }
    for (int i = 0; i < Queries; i++) {
        Lanes::store(scores + static_cast<size_t>(i) * stride, sums[i]);
    }
}

static void score_panel_few(int queries, const float * q, int head_size, const float * panel, float * scores, int stride) {
    switch (queries) {
        case 1: return score_panel<1>(q, head_size, panel, scores, stride);
        case 2: return score_panel<2>(q, head_size, panel, scores, stride);
        case 3: return score_panel<3>(q, head_size, panel, scores, stride);
        case 4: return score_panel<4>(q, head_size, panel, scores, stride);
        case 5: return score_panel<5>(q, head_size, panel, scores, stride);
        case 6: return score_panel<6>(q, head_size, panel, scores, stride);
        case 7: return score_panel<7>(q, head_size, panel, scores, stride);
        default: return score_panel<8>(q, head_size, panel, scores, stride);
    }
}

// mixed[q] += sum_i weights[q][i] values[i], for `Queries` queries and `Chunks` vectors of the head at a time.
template <int Queries, int Chunks>
static void mix_block(const float * weights, int stride, const float * values, int count, int head_size, float * mixed) {
    for (int begin = 0; begin < head_size; begin += Chunks * Lanes::kCount) {
        Vector sums[Queries][Chunks];
        for (int q = 0; q < Queries; q++) {
            for (int c = 0; c < Chunks; c++) {
                sums[q][c] = Lanes::load(mixed + q * head_size + begin + c * Lanes::kCount);
            }
        }
        for (int i = 0; i < count; i++) {
            const float * value = values + static_cast<size_t>(i) * head_size + begin;
            for (int q = 0; q < Queries; q++) {
                const Vector weight = Lanes::all(weights[static_cast<size_t>(q) * stride + i]);
                for (int c = 0; c < Chunks; c++) {
                    sums[q][c] = Lanes::fma(weight, Lanes::load(value + c * Lanes::kCount), sums[q][c]);
                }
            }
        }
        for (int q = 0; q < Queries; q++) {
            for (int c = 0; c < Chunks; c++) {
                Lanes::store(mixed + q * head_size + begin + c * Lanes::kCount, sums[q][c]);
            }
        }
    }
}

template <int Chunks>
static void mix_all(int queries, const float * weights, int stride, const float * values, int count, int head_size, float * mixed) {
    int q = 0;
    for (; q + 4 <= queries; q += 4) {
        mix_block<4, Chunks>(weights + static_cast<size_t>(q) * stride, stride, values, count, head_size, mixed + q * head_size);
    }
    for (; q < queries; q++) {
        mix_block<1, Chunks>(weights + static_cast<size_t>(q) * stride, stride, values, count, head_size, mixed + q * head_size);
    }
}

// One block of scores becomes weights e^(score - highest so far); what was mixed before is brought to the new highest.
static void soften_block(float * scores, const uint64_t * open, int count, float * highest, float * sum, float * mixed, int head_size) {
    const Vector closed = Lanes::all(-std::numeric_limits<float>::infinity());
    Vector best = closed;
    for (int i = 0; i < count; i += Lanes::kCount) {
        const unsigned lanes = static_cast<unsigned>(open[i / 64] >> (i % 64)) & Lanes::kAll;
        const Vector s = Lanes::select(lanes, Lanes::load(scores + i), closed);
        Lanes::store(scores + i, s);
        best = Lanes::max(best, s);
    }
    const float next = std::max(*highest, Lanes::highest(best));
    if (next == -std::numeric_limits<float>::infinity()) {
        std::fill(scores, scores + count, 0.0f);
        return;
    }
    const float before = *highest == next ? 1.0f : std::exp(*highest - next);
    const Vector less = Lanes::all(-next);
    Vector sums = Lanes::zero();
    for (int i = 0; i < count; i += Lanes::kCount) {
        const unsigned lanes = static_cast<unsigned>(open[i / 64] >> (i % 64)) & Lanes::kAll;
        const Vector e = Lanes::select(lanes, exp_negative(Lanes::add(Lanes::load(scores + i), less)), Lanes::zero());
        Lanes::store(scores + i, e);
        sums = Lanes::add(sums, e);
    }
    *sum = *sum * before + Lanes::sum(sums);
    *highest = next;
    if (before != 1.0f) {
        for (int d = 0; d < head_size; d++) {
            mixed[d] *= before;
        }
    }
}

// Attention block by block of cells (Dao et al., FlashAttention): queries are `rows` tokens times the heads that share a KV head.
static void attend_group(const Group & g, Scratch & scratch) {
    const int queries = g.rows * g.shared;
    const int stride = kBlockCells;
    scratch.keys.resize(static_cast<size_t>(kBlockCells) * g.head_size);
    scratch.values.resize(static_cast<size_t>(kBlockCells) * g.head_size);
    scratch.scores.resize(static_cast<size_t>(queries) * stride);
    scratch.queries.resize(static_cast<size_t>(queries) * g.head_size);
    scratch.mixed.assign(static_cast<size_t>(queries) * g.head_size, 0.0f);
    scratch.highest.assign(queries, -std::numeric_limits<float>::infinity());
    scratch.sums.assign(queries, 0.0f);
    for (int i = 0; i < queries; i++) {
        const auto * q = reinterpret_cast<const float *>(g.q + i / g.shared * g.q_row_stride + i % g.shared * g.q_head_stride);
        for (int d = 0; d < g.head_size; d++) {
            scratch.queries[static_cast<size_t>(i) * g.head_size + d] = g.scale * q[d];
        }
    }
    constexpr int kWide = Lanes::kCount == 16 ? 4 : 2;
    const bool wide = g.head_size % (kWide * Lanes::kCount) == 0;
    for (int begin = 0; begin < g.count; begin += kBlockCells) {
        const int count = std::min(kBlockCells, g.count - begin);
        const int padded = (count + Lanes::kCount - 1) / Lanes::kCount * Lanes::kCount;
        pack_keys(g, begin, count, scratch.keys.data());
        unpack_values(g, begin, count, scratch.values.data());
        for (int p = 0; p < padded; p += Lanes::kCount) {
            for (int q = 0; q < queries; q += 8) {
                score_panel_few(std::min(8, queries - q), scratch.queries.data() + static_cast<size_t>(q) * g.head_size, g.head_size,
                                scratch.keys.data() + static_cast<size_t>(p) * g.head_size,
                                scratch.scores.data() + static_cast<size_t>(q) * stride + p, stride);
            }
        }
        for (int q = 0; q < queries; q++) {
            soften_block(scratch.scores.data() + static_cast<size_t>(q) * stride,
                         g.open + static_cast<size_t>(q / g.shared) * g.open_stride + begin / 64, padded, &scratch.highest[q], &scratch.sums[q],
                         scratch.mixed.data() + static_cast<size_t>(q) * g.head_size, g.head_size);
        }
        if (wide) {
            mix_all<kWide>(queries, scratch.scores.data(), stride, scratch.values.data(), count, g.head_size, scratch.mixed.data());
        } else {
            mix_all<1>(queries, scratch.scores.data(), stride, scratch.values.data(), count, g.head_size, scratch.mixed.data());
        }
    }
    for (int i = 0; i < queries; i++) {
        float * out = g.out + i / g.shared * g.out_row_stride + static_cast<size_t>(i % g.shared) * g.head_size;
        const float norm = scratch.sums[i] == 0.0f ? 0.0f : 1.0f / scratch.sums[i];
        for (int d = 0; d < g.head_size; d++) {
            out[d] = norm * scratch.mixed[static_cast<size_t>(i) * g.head_size + d];
        }
    }
}

// ---- a node ----

// Which cells the mask leaves to each token, as bits.
static void read_mask(const ggml_tensor * mask, int tokens, int cells, Plan & plan) {
    plan.words = (cells + 63) / 64;
    plan.open.assign(static_cast<size_t>(tokens) * plan.words, 0);
    plan.counts.resize(tokens);
    for (int t = 0; t < tokens; t++) {
        const auto * row = reinterpret_cast<const uint16_t *>(static_cast<const char *>(mask->data) + t * mask->nb[1]);
        uint64_t * bits = plan.open.data() + static_cast<size_t>(t) * plan.words;
        Lanes::open_bits(row, cells, bits);
        int count = 0;
        for (int w = 0; w < plan.words; w++) {
            count += __builtin_popcountll(bits[w]);
        }
        plan.counts[t] = count;
    }
}

// One thread's part of a node. Parts are even in cells: a token with many of them counts for more.
static void attend(ggml_tensor * node, int thread, int threads) {
    const ggml_tensor * q = node->src[0];
    const ggml_tensor * k = node->src[1];
    const ggml_tensor * v = node->src[2];
    const int head_size = static_cast<int>(q->ne[0]);
    const int tokens = static_cast<int>(q->ne[1]);
    const int heads = static_cast<int>(q->ne[2]);
    const int kv_heads = static_cast<int>(k->ne[2]);
    const int cells = static_cast<int>(k->ne[1]);
    const auto scale = own_params<float>(node);

    thread_local Plan plan;
    thread_local Scratch scratch;
    read_mask(node->src[3], tokens, cells, plan);
    plan.group(tokens);

    // Little work: single heads, so that there is some for all threads.
    const int group = heads / kv_heads;
    const int shared = static_cast<int>(plan.groups.size()) * kv_heads < 4 * threads ? 1 : std::min(group, kMostShared);
    const int64_t total = plan.cost * heads;
    int64_t done = 0;
    for (const Rows & rows : plan.groups) {
        if ((done + rows.cost * heads) * threads / total < thread || done * threads / total > thread) {
            done += rows.cost * heads;
            continue;
        }
        const int count = plan.list_cells(rows);
        for (int h = 0; h < heads;) {
            const int kv = h / group;
            const int here = std::min(shared, (kv + 1) * group - h);
            const bool mine = (done + rows.cost * here / 2) * threads / total == thread;
            done += rows.cost * here;
            float * out = static_cast<float *>(node->data) + (static_cast<size_t>(rows.begin) * heads + h) * head_size;
            const char * queries = static_cast<const char *>(q->data) + rows.begin * q->nb[1] + h * q->nb[2];
            const char * keys = static_cast<const char *>(k->data) + kv * k->nb[2];
            const char * values = static_cast<const char *>(v->data) + kv * v->nb[2];
            if (mine && rows.count == 1 && count > 0) {
                scratch.scores.resize(static_cast<size_t>(count) * here);
                attend_shared({keys, values, k->nb[1], v->nb[1], plan.cells.data(), count, head_size, scale, reinterpret_cast<const float *>(queries),
                               q->nb[2], out, scratch.scores.data()},
                              here);
            } else if (mine) {
                attend_group({keys, values, k->nb[1], v->nb[1], plan.cells.data(), count, plan.seen.data(), plan.seen_words, head_size, scale,
                              rows.count, here, queries, q->nb[1], q->nb[2], out, static_cast<size_t>(heads) * head_size},
                             scratch);
            }
            h += here;
        }
    }
}
