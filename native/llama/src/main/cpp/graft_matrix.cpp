// Products of quantized weight matrices and rows of activations.
//
//   out[t, n] = sum_k W[n, k] x[t, k],   W in blocks of 32 inputs: W = d q (Q4_0, Q8_0) or d q + m (Q4_1)
//
// Shapes (ggml's order, innermost first): W [inputs, outputs]; x [inputs, tokens] F32; out [outputs, tokens] F32. As in ggml
// (quantize_row_q8_1), x is quantized in blocks of 32 to signed bytes, x = e p, with e and e sum(p) rounded to half precision. Then
//
//   out[t, n] = sum over blocks of  d e sum(q p) + m e sum(p)
//
// where sum(q p) is exact: the result differs from ggml's by the order of a sum of floats alone.
//
// Why not ggml's: for these formats ggml_compute_forward_mul_mat on x86 multiplies one row of weights by one row of activations at a time. It
// unpacks the weights anew for each token, and adds up lanes at the end of each of them. Here sixteen outputs are a vector: weights are unpacked
// once for up to eight tokens, four bytes of activations meet all sixteen outputs in one instruction, and no lane is ever added to another. To
// that end the matrices are packed once, in tiles of sixteen outputs, which are also what registers of AMX want.

#include "graft_matrix.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "ggml-backend.h"
#include "graft_ahead.h"
#include "graft_graph.h"
#include "graft_node.h"
#include "graft_simd.h"

namespace graft {
namespace {

constexpr int kTile = 16;   // outputs
constexpr int kBlock = 32;  // inputs
constexpr int kGroup = 4;   // inputs that one instruction takes of each output
constexpr size_t kHalfRow = kTile * sizeof(uint16_t);
constexpr size_t kVector = static_cast<size_t>(kTile) * kGroup;

constexpr bool four_bits(Quants quants) { return quants != Quants::kQ8_0; }

// What is taken from a quant: Q4_0 stores q + 8, and Q8_0 is packed as q + 128.
constexpr int offset(Quants quants) { return quants == Quants::kQ4_0 ? 8 : quants == Quants::kQ8_0 ? 128 : 0; }

constexpr size_t quant_bytes(Quants quants) { return kVector * kBlock / kGroup / (four_bits(quants) ? 2 : 1); }

constexpr size_t block_bytes(Quants quants) { return quant_bytes(quants) + (quants == Quants::kQ4_1 ? 2 : 1) * kHalfRow; }

// Where the part-th of so many nearly equal parts begins.
int share(int64_t all, int part, int parts) { return static_cast<int>(all * part / parts); }

size_t tile_bytes(const PackedMatrix & matrix) { return static_cast<size_t>(matrix.inputs / kBlock) * block_bytes(matrix.quants); }

// Rows of floats to be quantized.
struct Activations {
    const float * data;
    size_t stride;  // bytes from row to row
    int blocks;     // of a row
};

// One product, as a kernel sees it.
struct Multiplication {
    const PackedMatrix * matrix;
    const QuantizedRows * rows;
    int first_token;
    int last_token;  // exclusive
    float * out;
    size_t out_stride;  // floats from token to token
    int first_tile;
    int last_tile;  // exclusive
    ReadLater * later;
};

}  // namespace

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
#include "graft_matrix_avx2.h"
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c,bmi,bmi2")
namespace avx512 {
#include "graft_matrix_avx512.h"
}  // namespace avx512
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,amx-tile,amx-int8,avx2,fma,f16c,bmi,bmi2")
namespace amx {
#include "graft_matrix_amx.h"
}  // namespace amx
#pragma GCC pop_options

namespace {

bool has_vnni() { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }

void run(const Multiplication & work) {
    constexpr int kManyTokens = 32;  // of fewer, unpacking for AMX takes longer than it saves
    if (work.last_token - work.first_token >= kManyTokens && has_vnni() && has_byte_tiles()) {
        amx::multiply(work);
    } else if (has_vnni()) {
        avx512::multiply(work);
    } else {
        avx2::multiply(work);
    }
}

// In op_params.
struct Product {
    QuantizedRows * rows;
    bool quantizes;  // else the product before it had the same rows
    SayReadLater say_later;
    void * later_of;
};

void multiply(ggml_tensor * out, int thread, int threads, void * userdata) {
    const auto * matrix = static_cast<const PackedMatrix *>(userdata);
    const Product product = own_params<Product>(out);
    const ggml_tensor * x = out->src[1];
    const int tokens = static_cast<int>(x->ne[1]);
    if (product.quantizes) {
        const int64_t blocks = static_cast<int64_t>(tokens) * (matrix->inputs / kBlock);
        avx2::quantize({static_cast<const float *>(x->data), x->nb[1], matrix->inputs / kBlock}, share(blocks, thread, threads),
                       share(blocks, thread + 1, threads), *product.rows);
        product.rows->meeting.wait(threads);
    }
    const int tiles = matrix->outputs / kTile;
    const int first = share(tiles, thread, threads);
    const int last = share(tiles, thread + 1, threads);
    ReadLater later;
    if (product.say_later != nullptr) {
        product.say_later(product.later_of, out, thread, threads, later);
    }
    const Multiplication work = {matrix, product.rows, 0, tokens, static_cast<float *>(out->data), out->nb[1] / sizeof(float), first, last, &later};
    run(work);
}

bool packable(int type, int64_t inputs, int64_t outputs) {
    const bool known_type = type == GGML_TYPE_Q4_0 || type == GGML_TYPE_Q4_1 || type == GGML_TYPE_Q8_0;
    return has_avx2() && known_type && inputs % kBlock == 0 && outputs % kTile == 0;
}

bool packable(const ggml_tensor * weights) {
    return packable(weights->type, weights->ne[0], weights->ne[1]) && weights->ne[2] == 1 && weights->ne[3] == 1 && ggml_is_contiguous(weights) &&
           weights->view_src == nullptr && in_memory(weights) && ggml_backend_buffer_get_usage(weights->buffer) == GGML_BACKEND_BUFFER_USAGE_WEIGHTS;
}

// Whether multiply() can compute it, over a matrix that is packed.
bool computable(const ggml_tensor * node) {
    const ggml_tensor * x = node->src[1];
    return x->type == GGML_TYPE_F32 && node->type == GGML_TYPE_F32 && x->nb[0] == sizeof(float) && x->ne[2] == 1 && x->ne[3] == 1 &&
           x->ne[0] == node->src[0]->ne[0] && node->ne[0] == node->src[0]->ne[1] && node->ne[1] == x->ne[1] && ggml_is_contiguous(node) &&
           in_memory(x) && in_memory(node);
}

// Where graphs look up rows of a matrix (token embeddings), ggml's copy is needed besides the packed one.
bool looked_up(const ggml_tensor * weights) { return strcmp(weights->name, "token_embd.weight") == 0; }

// Gives a matrix's memory back to the system; what lies beside it on its first and last page stays.
void release(const ggml_tensor * weights) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const uintptr_t begin = (reinterpret_cast<uintptr_t>(weights->data) + page - 1) / page * page;
    const uintptr_t end = (reinterpret_cast<uintptr_t>(weights->data) + ggml_nbytes(weights)) / page * page;
    if (begin < end) {
        madvise(reinterpret_cast<void *>(begin), end - begin, MADV_DONTNEED);
    }
}

Quants quants_of(int type) { return type == GGML_TYPE_Q4_0 ? Quants::kQ4_0 : type == GGML_TYPE_Q4_1 ? Quants::kQ4_1 : Quants::kQ8_0; }

// One block of one output, from ggml's form (block_q4_0, block_q4_1, block_q8_0 of ggml-common.h) into its lane of the tile.
void pack_block(Quants quants, const uint8_t * source, uint8_t * block, int lane) {
    uint8_t * scales = block + quant_bytes(quants) + lane * sizeof(uint16_t);
    memcpy(scales, source, sizeof(uint16_t));
    source += sizeof(uint16_t);
    if (quants == Quants::kQ4_1) {
        memcpy(scales + kHalfRow, source, sizeof(uint16_t));
        source += sizeof(uint16_t);
    }
    for (size_t g = 0; g < quant_bytes(quants) / kVector; g++) {
        uint32_t group;
        memcpy(&group, source + g * kGroup, sizeof(group));
        group ^= four_bits(quants) ? 0 : 0x80808080u;
        memcpy(block + g * kVector + lane * sizeof(group), &group, sizeof(group));
    }
}

// weights: rows behind one another, as in ggml.
void pack_tiles(const PackedMatrix & matrix, const uint8_t * weights, size_t source_block, uint8_t * tiles) {
    const size_t blocks = matrix.inputs / kBlock;
    for (size_t n = 0; n < static_cast<size_t>(matrix.outputs); n++) {
        uint8_t * tile = tiles + n / kTile * tile_bytes(matrix);
        for (size_t b = 0; b < blocks; b++, weights += source_block) {
            pack_block(matrix.quants, weights, tile + b * block_bytes(matrix.quants), static_cast<int>(n % kTile));
        }
    }
}

size_t packed_bytes(const PackedMatrix & matrix) { return tile_bytes(matrix) * (matrix.outputs / kTile); }

}  // namespace

const PackedMatrix * PackedMatrices::of(const ggml_tensor * weights) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = packed_.find(weights);
    return found != packed_.end() ? found->second.get() : pack(weights);
}

const PackedMatrix * PackedMatrices::pack(const ggml_tensor * weights) {
    auto matrix = std::make_unique<PackedMatrix>();
    *matrix = {quants_of(weights->type), static_cast<int>(weights->ne[0]), static_cast<int>(weights->ne[1]), nullptr, !looked_up(weights)};
    uint8_t * tiles = arena_.take(packed_bytes(*matrix));
    if (tiles == nullptr) {
        return nullptr;
    }
    pack_tiles(*matrix, static_cast<const uint8_t *>(weights->data), ggml_type_size(weights->type), tiles);
    matrix->tiles = tiles;
    if (matrix->source_released) {
        release(weights);
    }
    return packed_.emplace(weights, std::move(matrix)).first->second.get();
}

void QuantizedRows::reserve(int64_t rows, int64_t inputs) {
    const size_t blocks = static_cast<size_t>(rows * inputs / kBlock);
    if (scales.size() < blocks) {
        quants.resize(blocks * kBlock);
        scales.resize(blocks);
        sums.resize(blocks);
        whole_sums.resize(blocks);
    }
}

void read_after(ggml_tensor * product, SayReadLater say, void * of) {
    if (computes(product, multiply)) {
        Product own = own_params<Product>(product);
        own.say_later = say;
        own.later_of = of;
        take(product, multiply, custom_op(product).userdata, own);
    }
}

bool Products::take_if_known(ggml_tensor * node) {
    const ggml_tensor * weights = node->src[0];
    if (!packable(weights)) {
        return true;
    }
    const PackedMatrix * matrix = matrices_->of(weights);
    if (matrix == nullptr) {
        return true;
    }
    if (!computable(node)) {
        return !matrix->source_released;
    }
    const ggml_tensor * x = node->src[1];
    const bool quantizes = x != last_rows_;
    rows_.reserve(x->ne[1], x->ne[0]);
    last_rows_ = x;
    take(node, multiply, const_cast<PackedMatrix *>(matrix), Product{&rows_, quantizes, nullptr, nullptr});
    return true;
}

}  // namespace graft

extern "C" bool graft_multiply(int32_t type, const void * weights, int32_t inputs, int32_t outputs, const float * x, int32_t tokens, float * out) {
    using namespace graft;
    if (!packable(type, inputs, outputs)) {
        return false;
    }
    PackedMatrix matrix = {quants_of(type), inputs, outputs, nullptr, false};
    std::vector<uint8_t> tiles(packed_bytes(matrix));
    pack_tiles(matrix, static_cast<const uint8_t *>(weights), ggml_type_size(static_cast<ggml_type>(type)), tiles.data());
    matrix.tiles = tiles.data();
    QuantizedRows rows;
    rows.reserve(tokens, inputs);
    avx2::quantize({x, inputs * sizeof(float), inputs / kBlock}, 0, tokens * (inputs / kBlock), rows);
    ReadLater nothing;
    run({&matrix, &rows, 0, tokens, out, static_cast<size_t>(outputs), 0, outputs / kTile, &nothing});
    return true;
}
