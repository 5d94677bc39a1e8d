#pragma once

// Which vectors of the processor Graft's kernels use.

#ifdef __cplusplus
extern "C" {
#endif

// Their width in bits: 512, 256, or 32 where the processor has neither AVX-512 nor AVX2.
int graft_vector_bits(void);

// No wider ones from now on, whatever the processor has; a graph that was computed before keeps its kernels. For tests.
void graft_limit_vectors(int bits);

#ifdef __cplusplus
}
#endif
