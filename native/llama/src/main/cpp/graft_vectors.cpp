#include "graft_vectors.h"

#include <cpuid.h>

#include "graft_simd.h"

extern "C" {

int graft_vector_bits(void) { return graft::has_avx512() ? 512 : graft::has_avx2() ? 256 : 32; }

bool graft_has_byte_tiles(void) {
    constexpr unsigned kFeatures = 7;
    constexpr unsigned kAmxTile = 1u << 24;
    constexpr unsigned kAmxInt8 = 1u << 25;
    unsigned a, b, c, d;
    return __get_cpuid_count(kFeatures, 0, &a, &b, &c, &d) != 0 && (d & kAmxTile) != 0 && (d & kAmxInt8) != 0;
}

void graft_limit_vectors(int bits) { graft::vector_bits_limit = bits; }
}
