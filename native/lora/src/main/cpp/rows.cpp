// Plain moves of rows and elements: y += x; y *= c; y[i] = x[row[i]] (gather); y[row[i]] = x[i] (scatter).
#include <cstring>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {
constexpr int64_t kGrain = 4096;

GRAFT_KERNEL(void, add, (const float * x, int64_t count, float * y), (x, count, y)) { graft::add_scaled(1.0f, x, count, y); }

GRAFT_KERNEL(void, scale, (float by, int64_t count, float * y), (by, count, y)) {
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
        y[i] *= by;
    }
}

void require_rows(const int32_t * row, int64_t rows, int64_t of) {
    for (int64_t i = 0; i < rows; i++) {
        graft::require(row[i] >= 0 && row[i] < of, "a row outside the matrix");
    }
}

}  // namespace

int graft_add(graft_pool * pool, const float * x, int64_t count, float * y) {
    return graft::at_border([&] {
        graft::require_there(pool, x, y);
        graft::require_sizes(count);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) { add(x + begin, end - begin, y + begin); });
    });
}

int graft_scale(graft_pool * pool, float by, int64_t count, float * y) {
    return graft::at_border([&] {
        graft::require_there(pool, y);
        graft::require_sizes(count);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) { scale(by, end - begin, y + begin); });
    });
}

int graft_gather(graft_pool * pool, const float * x, int64_t from_rows, int64_t width, const int32_t * row, int64_t rows, float * y) {
    return graft::at_border([&] {
        graft::require_there(pool, x, row, y);
        graft::require_sizes(from_rows, width, rows);
        require_rows(row, rows, from_rows);
        for (int64_t i = 0; i < rows; i++) {
            std::memcpy(y + i * width, x + row[i] * width, static_cast<size_t>(width) * sizeof(float));
        }
    });
}

int graft_scatter(graft_pool * pool, const float * x, int64_t rows, int64_t width, const int32_t * row, int64_t to_rows, float * y) {
    return graft::at_border([&] {
        graft::require_there(pool, x, row, y);
        graft::require_sizes(rows, width, to_rows);
        require_rows(row, rows, to_rows);
        for (int64_t i = 0; i < rows; i++) {
            std::memcpy(y + row[i] * width, x + i * width, static_cast<size_t>(width) * sizeof(float));
        }
    });
}
