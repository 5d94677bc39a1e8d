#pragma once

// Products of quantized weight matrices and rows of activations, in place of ggml's; see graft_matrix.cpp.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "ggml.h"
#include "graft_ahead.h"
#include "graft_arena.h"
#include "graft_threads.h"

namespace graft {

enum class Quants { kQ4_0, kQ4_1, kQ8_0 };

// A matrix [inputs, outputs] in tiles of 16 outputs: of each, block by block of 32 inputs, the quants, four of each output behind one another,
// then the outputs' scales (and minima) in half precision.
struct PackedMatrix {
    Quants quants;
    int inputs;
    int outputs;
    const uint8_t * tiles;
    bool source_released;  // whether ggml's own copy of it is gone
};

// The matrices of one model that have been packed. Each is packed when a graph first shows it; where nothing but products needs ggml's copy, its
// memory goes back to the system.
class PackedMatrices {
  public:
    // The packed form of these weights; nullptr where ggml must compute with them.
    const PackedMatrix * of(const ggml_tensor * weights);

  private:
    const PackedMatrix * pack(const ggml_tensor * weights);

    std::mutex mutex_;
    Arena arena_{size_t{16} << 20};
    std::unordered_map<const ggml_tensor *, std::unique_ptr<PackedMatrix>> packed_;
};

// The rows of activations of one product, quantized in blocks of 32: x = d q. Used again by products of the same rows.
struct QuantizedRows {
    std::vector<int8_t> quants;       // [rows][inputs]
    std::vector<float> scales;        // d, [rows][blocks]
    std::vector<float> sums;          // d sum(q), [rows][blocks]
    std::vector<int32_t> whole_sums;  // sum(q), [rows][blocks]
    Meeting meeting;                  // of the threads, when all rows are quantized

    void reserve(int64_t rows, int64_t inputs);
};

// Says what a thread reads after a product: what it was given as `of`.
using SayReadLater = void (*)(void * of, const ggml_tensor * product, int thread, int threads, ReadLater & later);

// Has a product's threads ask meanwhile for what they read after it; nullptr: nothing. Of no effect where ggml computes the node.
void read_after(ggml_tensor * product, SayReadLater say, void * of);

// Takes the products of one context's graphs.
class Products {
  public:
    explicit Products(PackedMatrices * matrices) : matrices_(matrices) {}
    // A graph begins: rows of the one before are no longer known.
    void begin() { last_rows_ = nullptr; }
    // Takes the node if it is a product of a packed matrix.
    // Returns false where it is one that neither we nor ggml can compute.
    bool take_if_known(ggml_tensor * node);

  private:
    PackedMatrices * matrices_;
    QuantizedRows rows_;
    const ggml_tensor * last_rows_ = nullptr;
};

}  // namespace graft
