#include "graft_vectors.h"

#include "graft_simd.h"

extern "C" {

int graft_vector_bits(void) { return graft::has_avx512() ? 512 : graft::has_avx2() ? 256 : 32; }

void graft_limit_vectors(int bits) { graft::vector_bits_limit = bits; }
}
