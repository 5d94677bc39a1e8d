#pragma once

// Arithmetic on one row of logits, where llama.cpp left it; see graft_logits.cpp.

#ifdef __cplusplus
extern "C" {
#endif

// The index of the highest logit, of equals the first; -1 where none is a number.
int graft_likeliest(const float * logits, int count);

// ln(sum_i e^logits[i]): a token's log-probability is its logit less this.
double graft_log_sum_exp(const float * logits, int count);

#ifdef __cplusplus
}
#endif
