// Every kernel on memory of exactly its size, for AddressSanitizer and UndefinedBehaviorSanitizer to watch: sanitize.sh builds and runs it. Values
// are the Java tests' business; here only this is held beside: three threads write the same bits each time, one thread nearly those (oneDNN's
// products for AVX2 add up in another order), and each instruction set nearly what the others do.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "graft_lora.h"

namespace {

using Floats = std::vector<float>;

// Whether products in bf16 are run too.
bool with_bf16 = false;

void must(int status, const char * what) {
    if (status != 0) {
        std::fprintf(stderr, "%s: %s\n", what, graft_lora_error());
        std::exit(1);
    }
}

void must_refuse(int status, const char * what) {
    if (status == 0) {
        std::fprintf(stderr, "%s: was not refused\n", what);
        std::exit(1);
    }
}

Floats random_floats(int64_t count, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    Floats floats(static_cast<size_t>(count));
    for (float & x : floats) {
        x = normal(engine);
    }
    return floats;
}

// Bytes of random blocks, whose scales are small halves.
std::vector<uint8_t> random_blocks(int64_t blocks, int64_t bytes, unsigned seed) {
    std::mt19937 engine(seed);
    std::vector<uint8_t> data(static_cast<size_t>(blocks * bytes));
    for (uint8_t & byte : data) {
        byte = static_cast<uint8_t>(engine());
    }
    for (int64_t block = 0; block < blocks; block++) {
        for (int64_t at : {int64_t{1}, int64_t{3}, bytes - 1}) {
            data[static_cast<size_t>(block * bytes + at)] = 0x1c;
        }
    }
    return data;
}

struct Quantized {
    int type;
    int64_t elements, bytes;
};
constexpr Quantized kTypes[] = {{0, 1, 4},   {1, 1, 2},   {30, 1, 2},     {2, 32, 18},    {3, 32, 20},   {6, 32, 22},
                                {7, 32, 24}, {8, 32, 34}, {12, 256, 144}, {13, 256, 176}, {14, 256, 210}};

std::vector<uint8_t> random_weight(const Quantized & q, int64_t count, unsigned seed) {
    return q.elements == 1 ? std::vector<uint8_t>(static_cast<size_t>(count * q.bytes), 0x3c) : random_blocks(count / q.elements, q.bytes, seed);
}

// y = op(a) op(b) of odd sizes, with either side transposed; more rows than columns, fewer, and one column.
void products(graft_pool * pool, Floats & all) {
    constexpr int64_t sizes[][3] = {{37, 19, 5}, {3, 41, 7}, {35, 1, 9}, {1, 1, 1}, {37, 16, 50}, {16, 80, 37}, {41, 48, 3}, {70, 96, 80}};
    for (const auto & [m, n, k] : sizes) {
        const Floats a = random_floats(m * k, 20), b = random_floats(k * n, 21);
        Floats c(static_cast<size_t>(m * n));
        for (int transposed = 0; transposed < 4; transposed++) {
            for (int add : {0, 1}) {
                must(graft_product(pool, a.data(), transposed & 1, b.data(), transposed >> 1, m, n, k, add, c.data()), "product");
            }
            all.insert(all.end(), c.begin(), c.end());
        }
    }
}

// Products in bf16, and the head over more tokens than a tile has.
void halves(graft_pool * pool, int64_t outputs, int64_t inputs, Floats & all) {
    const int64_t rows = 5;
    const Floats w = random_floats(outputs * inputs, 22), x = random_floats(rows * inputs, 23), dy = random_floats(rows * outputs, 24);
    const int32_t targets[] = {300, 0, 128, 127, 5};
    for (int half = 0; half <= (with_bf16 ? 1 : 0); half++) {
        Floats y(dy.size()), dx(x.size()), log_p(static_cast<size_t>(rows)), d(x.size());
        must(graft_linear_forward(pool, half, x.data(), rows, 0, w.data(), outputs, inputs, 0, y.data()), "linear");
        must(graft_linear_backward(pool, half, dy.data(), rows, 0, w.data(), outputs, inputs, 1, dx.data()), "linear back");
        must(graft_cross_entropy(pool, half, x.data(), rows, inputs, 0, w.data(), outputs, targets, 0.5f, log_p.data(), d.data()), "cross-entropy");
        if (half == 0) {
            all.insert(all.end(), y.begin(), y.end());
            all.insert(all.end(), dx.begin(), dx.end());
        }
    }
}

// Weights of blocks in bf16: in tiles where there is AMX, otherwise in oneDNN's order. The last rows and columns fill no whole tile.
void halves_of_blocks(graft_pool * pool) {
    for (const Quantized & q : kTypes) {
        const int64_t inputs = 2 * std::max<int64_t>(q.elements, 32), outputs = 96 + 16, rows = 37;
        const std::vector<uint8_t> w = random_weight(q, outputs * inputs, 25);
        Floats y(static_cast<size_t>(rows * outputs)), dx(static_cast<size_t>(rows * inputs));
        must(graft_linear_forward(pool, 1, random_floats(rows * inputs, 26).data(), rows, q.type, w.data(), outputs, inputs, 1, y.data()), "in bf16");
        const int64_t even = 96;
        must(graft_linear_backward(pool, 1, random_floats(rows * even, 27).data(), rows, q.type, w.data(), even, inputs, 1, dx.data()), "in bf16");
    }
}

// Without a prefix and with one; the last block of rows, and of keys, is no whole tile.
Floats attention(graft_pool * pool, int half, int64_t head) {
    const int64_t heads = 4, kv_heads = 2;
    Floats all;
    for (int32_t prefix : {0, 35}) {
        const std::vector<int32_t> starts = prefix == 0 ? std::vector<int32_t>{0, 5, 6, 13} : std::vector<int32_t>{0, 35, 40, 41, 48};
        const int64_t segments = static_cast<int64_t>(starts.size()) - 1, count = starts.back();
        const Floats q = random_floats(count * heads * head, 8), k = random_floats(count * kv_heads * head, 9),
                     v = random_floats(count * kv_heads * head, 10);
        Floats out(q.size()), lse(static_cast<size_t>(count * heads)), dq(q.size()), dk(k.size()), dv(k.size());
        must(graft_attention_forward(pool, half, q.data(), k.data(), v.data(), starts.data(), segments, prefix, heads, kv_heads, head, out.data(),
                                     lse.data()),
             "attention");
        must(graft_attention_backward(pool, half, q.data(), out.data(), q.data(), k.data(), v.data(), lse.data(), starts.data(), segments, prefix,
                                      heads, kv_heads, head, dq.data(), dk.data(), dv.data()),
             "attention back");
        for (const Floats & floats : {out, dq, dk, dv}) {
            all.insert(all.end(), floats.begin(), floats.end());
        }
        must_refuse(graft_attention_forward(pool, half, q.data(), k.data(), v.data(), starts.data(), segments, 7, heads, kv_heads, head, out.data(),
                                            lse.data()),
                    "a prefix that is no segment");
    }
    return all;
}

// All outputs of all kernels, one behind the other.
Floats everything(int threads) {
    graft_pool * pool = graft_pool_open(threads);
    Floats all;
    const auto keep = [&](const Floats & floats) { all.insert(all.end(), floats.begin(), floats.end()); };

    for (const Quantized & q : kTypes) {
        const int64_t inputs = q.elements == 1 ? 37 : 2 * q.elements, outputs = 33, rows = 5;
        const std::vector<uint8_t> w = random_weight(q, outputs * inputs, 1);
        Floats numbers(static_cast<size_t>(outputs * inputs)), y(static_cast<size_t>(rows * outputs)), dx(static_cast<size_t>(rows * inputs));
        must(graft_dequantize(pool, q.type, w.data(), outputs * inputs, numbers.data()), "dequantize");
        must(graft_linear_forward(pool, 0, random_floats(rows * inputs, 2).data(), rows, q.type, w.data(), outputs, inputs, 0, y.data()), "linear");
        must(graft_linear_backward(pool, 0, random_floats(rows * outputs, 3).data(), rows, q.type, w.data(), outputs, inputs, 0, dx.data()),
             "linear back");
        const int32_t tokens[] = {32, 0, 5};
        Floats embedded(static_cast<size_t>(3 * inputs));
        must(graft_embed(pool, q.type, w.data(), outputs, inputs, tokens, 3, embedded.data()), "embed");
        const Floats x = random_floats(3 * inputs, 4);
        Floats log_p(3), d(static_cast<size_t>(3 * inputs));
        must(graft_cross_entropy(pool, 0, x.data(), 3, inputs, q.type, w.data(), outputs, tokens, 0.5f, log_p.data(), d.data()), "cross-entropy");
        must(graft_cross_entropy(pool, 0, x.data(), 3, inputs, q.type, w.data(), outputs, tokens, 0.5f, log_p.data(), nullptr), "log p");
        keep(numbers), keep(y), keep(dx), keep(embedded);
    }

    products(pool, all);
    halves(pool, 301, 37, all);
    halves(pool, 384, 64, all);  // in the order that oneDNN takes a right side in
    if (with_bf16) {
        halves_of_blocks(pool);
    }

    const int64_t rows = 23, width = 37;
    const Floats x = random_floats(rows * width, 5), w = random_floats(width, 6), dy = random_floats(rows * width, 7);
    Floats y(x.size()), inverse(static_cast<size_t>(rows)), dx(x.size());
    must(graft_rmsnorm_forward(pool, x.data(), w.data(), rows, width, 1e-5f, y.data(), inverse.data()), "rmsnorm");
    must(graft_rmsnorm_backward(pool, dy.data(), x.data(), w.data(), inverse.data(), rows, width, 0, dx.data()), "rmsnorm back");
    keep(y), keep(dx);
    must(graft_swiglu_forward(pool, x.data(), dy.data(), rows * width, y.data()), "swiglu");
    Floats dup(x.size());
    must(graft_swiglu_backward(pool, dy.data(), x.data(), y.data(), rows * width, dx.data(), dup.data()), "swiglu back");
    keep(y), keep(dx), keep(dup);
    must(graft_dropout(pool, x.data(), rows * width, 0.3f, 1, 2, 0, y.data()), "dropout");
    must(graft_add(pool, x.data(), rows * width, y.data()), "add");
    must(graft_scale(pool, 3, rows * width, y.data()), "scale");
    keep(y);
    const int32_t chosen[] = {22, 0};
    Floats picked(static_cast<size_t>(2 * width));
    must(graft_gather(pool, x.data(), rows, width, chosen, 2, picked.data()), "gather");
    must(graft_scatter(pool, picked.data(), 2, width, chosen, rows, y.data()), "scatter");
    keep(picked), keep(y);
    Floats first(x.size()), second(x.size()), weight = x;
    double sum = 0;
    must(graft_sum_of_squares(pool, dy.data(), rows * width, &sum), "squares");
    must(graft_adamw(pool, weight.data(), dy.data(), first.data(), second.data(), rows * width, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1, 1), "adamw");
    keep(weight), keep({static_cast<float>(sum)});

    keep(attention(pool, 0, 6));
    if (with_bf16) {
        attention(pool, 1, 32);
    }
    const std::vector<int32_t> positions(static_cast<size_t>(rows), 2);
    const Floats table = random_floats(3 * 6, 11);
    Floats turned = random_floats(rows * 2 * 6, 12);
    for (int layout : {0, 1}) {
        must(graft_rope(pool, turned.data(), rows, 2, 6, positions.data(), table.data(), 3, layout, 0), "rope");
    }
    keep(turned);
    must_refuse(graft_rope(pool, turned.data(), rows, 2, 6, positions.data(), table.data(), 2, 0, 0), "a position outside the table");
    must_refuse(graft_dequantize(pool, 99, x.data(), 1, y.data()), "an unknown type");
    must_refuse(graft_add(pool, nullptr, 1, y.data()), "no memory");
    must_refuse(graft_add(pool, x.data(), INT64_MAX, y.data()), "too large a size");
    graft_pool_close(pool);
    return all;
}

// Whether each number is nearly the right one; says which is not.
bool near(const Floats & found, const Floats & right, const char * by) {
    for (size_t i = 0; i < right.size(); i++) {
        if (found.size() != right.size() || !(std::fabs(found[i] - right[i]) <= 1e-4f * (1 + std::fabs(right[i])))) {
            std::fprintf(stderr, "%s: number %zu of %zu is %g, and was %g\n", by, i, found.size(), found[i], right[i]);
            return false;
        }
    }
    return true;
}

}  // namespace

// usage: kernels FILE [plain]      FILE: the numbers of an earlier run, to be held against, or made; plain: no bf16
int main(int arguments, char ** argument) {
    with_bf16 = arguments < 3 && graft_has_bf16() != 0;
    const int best = graft_limit_isa(2);
    Floats first;
    if (std::FILE * file = std::fopen(argument[1], "rb")) {
        float number;
        while (std::fread(&number, sizeof number, 1, file) == 1) {
            first.push_back(number);
        }
        std::fclose(file);
    }
    for (int isa = 0; isa <= best; isa++) {
        graft_limit_isa(isa);
        const Floats once = everything(3), again = everything(3), alone = everything(1);
        if (once.size() != again.size() || std::memcmp(once.data(), again.data(), once.size() * sizeof(float)) != 0) {
            std::fprintf(stderr, "instruction set %d: three threads write other bits the second time\n", isa);
            return 1;
        }
        first = first.empty() ? once : first;
        const std::string by = "instruction set " + std::to_string(isa);
        if (!near(once, first, by.c_str()) || !near(alone, once, (by + ", one thread").c_str())) {
            return 1;
        }
    }
    if (std::FILE * file = std::fopen(argument[1], "wb")) {
        std::fwrite(first.data(), sizeof(float), first.size(), file);
        std::fclose(file);
    }
    std::printf("%zu numbers by %d instruction sets, all kernels sound\n", first.size(), best + 1);
}
