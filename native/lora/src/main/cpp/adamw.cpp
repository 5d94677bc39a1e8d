// AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101), as PyTorch computes it: weight, gradient, first and second moment [count]; step from 1.
//
//   g = gradient_scale * gradient;  w -= lr decay w
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= lr / (1 - b1^step) * m / (sqrt(v) / sqrt(1 - b2^step) + epsilon)
#include <cmath>

#include "graft_lora.h"
#include "lora_border.h"
#include "lora_simd.h"

namespace {
constexpr int64_t kGrain = 4096;

struct Rates {
    float beta1, beta2, new1, new2, epsilon, step_size, root_of_correction, keep, gradient_scale;
};

GRAFT_KERNEL(void, update, (float * w, const float * gradient, float * m, float * v, int64_t count, const Rates & r), (w, gradient, m, v, count, r)) {
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
        const float g = gradient[i] * r.gradient_scale;
        m[i] = r.beta1 * m[i] + r.new1 * g;
        v[i] = r.beta2 * v[i] + r.new2 * g * g;
        w[i] = w[i] * r.keep - r.step_size * m[i] / (std::sqrt(v[i]) / r.root_of_correction + r.epsilon);
    }
}

GRAFT_KERNEL(double, squares, (const float * x, int64_t count), (x, count)) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < count; i++) {
        sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    return sum;
}

}  // namespace

int graft_adamw(graft_pool * pool, float * weight, const float * gradient, float * first, float * second, int64_t count, double learning_rate,
                double beta1, double beta2, double epsilon, double decay, int64_t step, double gradient_scale) {
    return graft::at_border([&] {
        graft::require_there(pool, weight, gradient, first, second);
        graft::require_sizes(count, step);
        const double n = static_cast<double>(step);
        // All in double precision until here: 1 - 0.999f is off in the fifth digit.
        Rates rates{};
        rates.beta1 = static_cast<float>(beta1);
        rates.beta2 = static_cast<float>(beta2);
        rates.new1 = static_cast<float>(1.0 - beta1);
        rates.new2 = static_cast<float>(1.0 - beta2);
        rates.epsilon = static_cast<float>(epsilon);
        rates.step_size = static_cast<float>(learning_rate / (1.0 - std::pow(beta1, n)));
        rates.root_of_correction = static_cast<float>(std::sqrt(1.0 - std::pow(beta2, n)));
        rates.keep = static_cast<float>(1.0 - learning_rate * decay);
        rates.gradient_scale = static_cast<float>(gradient_scale);
        pool->split(count, kGrain, [&](int, int64_t begin, int64_t end) {
            update(weight + begin, gradient + begin, first + begin, second + begin, end - begin, rates);
        });
    });
}

// In blocks of one size whatever the number of threads, summed in order: the norm is then the same too.
int graft_sum_of_squares(graft_pool * pool, const float * x, int64_t count, double * sum) {
    return graft::at_border([&] {
        graft::require_there(pool, x, sum);
        graft::require_sizes(count);
        double total = 0;
        for (int64_t begin = 0; begin < count; begin += kGrain) {
            total += squares(x + begin, std::min(kGrain, count - begin));
        }
        *sum = total;
    });
}
