// The highest of a row of logits, and the logarithm of the sum of their exponentials. A row has one logit for each token of the vocabulary, tens of
// thousands; each running answer needs one or both at every step, while the threads that compute wait. Hence vectors, and no copy into the JVM.

#include "graft_logits.h"

#include <limits>

#include "graft_simd.h"

namespace graft {

namespace plain {
#include "graft_logits_kernel.h"
}

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
#include "graft_logits_kernel.h"
}
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2")
namespace avx512 {
#include "graft_logits_kernel.h"
}
#pragma GCC pop_options

}  // namespace graft

extern "C" {

int graft_likeliest(const float * logits, int count) {
    return graft::has_avx512() ? graft::avx512::likeliest(logits, count)
           : graft::has_avx2() ? graft::avx2::likeliest(logits, count)
                               : graft::plain::likeliest(logits, count);
}

double graft_log_sum_exp(const float * logits, int count) {
    return graft::has_avx512() ? graft::avx512::log_sum_exp(logits, count)
           : graft::has_avx2() ? graft::avx2::log_sum_exp(logits, count)
                               : graft::plain::log_sum_exp(logits, count);
}
}
