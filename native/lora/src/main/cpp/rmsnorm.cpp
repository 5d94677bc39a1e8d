// RMSNorm (Zhang and Sennrich 2019, arXiv:1910.07467), row by row: x, y, dy, dx [rows][width]; w [width]; s = inverse [rows].
//
//   s = 1 / sqrt(mean(x^2) + epsilon)        y = x s w
//   dx = s (dy w - x s^2 mean(dy w x))       w is the base's, and frozen
#include <cmath>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {

GRAFT_KERNEL(void, forward, (const float * x, const float * w, int64_t width, float epsilon, float * y, float * inverse),
             (x, w, width, epsilon, y, inverse)) {
    const float squares = graft::dot(x, x, width);
    const float s = 1.0f / std::sqrt(squares / static_cast<float>(width) + epsilon);
    *inverse = s;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
        y[i] = x[i] * s * w[i];
    }
}

GRAFT_KERNEL(void, backward, (const float * dy, const float * x, const float * w, float s, int64_t width, bool add, float * dx),
             (dy, x, w, s, width, add, dx)) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) {
        sum += dy[i] * w[i] * x[i];
    }
    const float along = s * s * s * sum / static_cast<float>(width);
    const float keep = add ? 1.0f : 0.0f;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
        const float before = keep != 0.0f ? dx[i] : 0.0f;
        dx[i] = before + s * dy[i] * w[i] - along * x[i];
    }
}

}  // namespace

int graft_rmsnorm_forward(graft_pool * pool, const float * x, const float * w, int64_t rows, int64_t width, float epsilon, float * y,
                          float * inverse) {
    return graft::at_border([&] {
        graft::require_there(pool, x, w, y, inverse);
        graft::require_sizes(rows, width);
        pool->split(rows, 1, [&](int, int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++) {
                forward(x + row * width, w, width, epsilon, y + row * width, inverse + row);
            }
        });
    });
}

int graft_rmsnorm_backward(graft_pool * pool, const float * dy, const float * x, const float * w, const float * inverse, int64_t rows, int64_t width,
                           int add, float * dx) {
    return graft::at_border([&] {
        graft::require_there(pool, dy, x, w, inverse, dx);
        graft::require_sizes(rows, width);
        pool->split(rows, 1, [&](int, int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++) {
                backward(dy + row * width, x + row * width, w, inverse[row], width, add != 0, dx + row * width);
            }
        });
    });
}
