// Products of tiles with AMX (Intel's manual, volume 1, chapter 18). oneDNN's are nearly as fast on data in the cache; what it does not do is to
// leave out the copy of a right side that is already in order, to take any number of rows without compiling for it, and to fetch what it will write.
//
//   two tiles of rows times two of columns: of the eight registers 0 to 3 are sums, 4 and 5 the left side's, 6 and 7 the right side's, so that each
//   tile that is read is multiplied twice
#include "lora_amx.h"

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "lora_isa.h"

#define GRAFT_WITH_AMX __attribute__((target("arch=x86-64-v4,amx-tile,amx-bf16")))

namespace {

using graft::kTile;
using graft::kTileDepth;
using graft::kTileSide;

constexpr int64_t kTileRowBytes = 64;

struct alignas(64) Palette {
    uint8_t id = 1;
    uint8_t start_row = 0;
    uint8_t reserved[14] = {};
    uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr Palette kWholeTiles{};

bool granted() {
    constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
    constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
    __builtin_cpu_init();
    return __builtin_cpu_supports("amx-bf16") != 0 && __builtin_cpu_supports("avx512bf16") != 0 &&
           syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

GRAFT_WITH_AMX void load_palette() { _tile_loadconfig(&kWholeTiles); }
GRAFT_WITH_AMX void release_palette() { _tile_release(); }

void fetch(const float * c, int64_t stride, int columns) {
    for (int64_t row = 0; row < 2 * kTileSide; row++) {
        for (int column = 0; column < columns; column++) {
            __builtin_prefetch(c + row * stride + column * kTileSide, 1, 3);
        }
    }
}

// Sixteen or thirty-two rows, sixteen or thirty-two columns.
template <int kDown, int kAcross>
GRAFT_WITH_AMX inline __attribute__((always_inline)) void block(const graft::TiledSide & a, const graft::TiledSide & b, int64_t depth, bool add,
                                                                float * c, int64_t stride) {
    const int64_t bytes = stride * static_cast<int64_t>(sizeof(float));
    float * below = c + kTileSide * stride;
    if (add) {
        _tile_loadd(0, c, bytes);
        if constexpr (kAcross > 1) _tile_loadd(1, c + kTileSide, bytes);
        if constexpr (kDown > 1) _tile_loadd(2, below, bytes);
        if constexpr (kDown > 1 && kAcross > 1) _tile_loadd(3, below + kTileSide, bytes);
    } else {
        _tile_zero(0);
        if constexpr (kAcross > 1) _tile_zero(1);
        if constexpr (kDown > 1) _tile_zero(2);
        if constexpr (kDown > 1 && kAcross > 1) _tile_zero(3);
    }
    const uint16_t *left = a.tiles, *right = b.tiles;
    for (int64_t k = 0; k < depth; k += kTileDepth, left += kTile, right += kTile) {
        _tile_loadd(4, left, kTileRowBytes);
        _tile_loadd(6, right, kTileRowBytes);
        if constexpr (kDown > 1) _tile_loadd(5, left + a.next, kTileRowBytes);
        if constexpr (kAcross > 1) _tile_loadd(7, right + b.next, kTileRowBytes);
        _tile_dpbf16ps(0, 4, 6);
        if constexpr (kAcross > 1) _tile_dpbf16ps(1, 4, 7);
        if constexpr (kDown > 1) _tile_dpbf16ps(2, 5, 6);
        if constexpr (kDown > 1 && kAcross > 1) _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, c, bytes);
    if constexpr (kAcross > 1) _tile_stored(1, c + kTileSide, bytes);
    if constexpr (kDown > 1) _tile_stored(2, below, bytes);
    if constexpr (kDown > 1 && kAcross > 1) _tile_stored(3, below + kTileSide, bytes);
}

// Fewer than sixteen rows: beside a whole tile in memory of our own.
template <int kAcross>
GRAFT_WITH_AMX void last_rows(const graft::TiledSide & a, const graft::TiledSide & b, int64_t rows, int64_t depth, bool add, float * c,
                              int64_t stride) {
    constexpr int64_t kWidth = kAcross * kTileSide;
    alignas(64) float whole[kTileSide * kWidth];
    for (int64_t row = 0; add && row < rows; row++) {
        std::memcpy(whole + row * kWidth, c + row * stride, kWidth * sizeof(float));
    }
    block<1, kAcross>(a, b, depth, add, whole, kWidth);
    for (int64_t row = 0; row < rows; row++) {
        std::memcpy(c + row * stride, whole + row * kWidth, kWidth * sizeof(float));
    }
}

template <int kAcross>
GRAFT_WITH_AMX void product(graft::TiledSide a, const graft::TiledSide & b, int64_t rows, int64_t depth, bool add, const graft::TiledOut & out) {
    float * c = out.c;
    for (; rows >= 2 * kTileSide; rows -= 2 * kTileSide, c += 2 * kTileSide * out.stride, a.tiles += 2 * a.next) {
        const float * upcoming = rows >= 4 * kTileSide ? c + 2 * kTileSide * out.stride : out.upcoming;
        if (upcoming != nullptr) {
            fetch(upcoming, out.stride, kAcross);
        }
        block<2, kAcross>(a, b, depth, add, c, out.stride);
    }
    if (rows >= kTileSide) {
        block<1, kAcross>(a, b, depth, add, c, out.stride);
        rows -= kTileSide, c += kTileSide * out.stride, a.tiles += a.next;
    }
    if (rows > 0) {
        last_rows<kAcross>(a, b, rows, depth, add, c, out.stride);
    }
}

}  // namespace

namespace graft {

bool has_amx() noexcept {
    static const bool there = granted();
    return there && isa() == Isa::kAvx512;
}

TileRegisters::TileRegisters() noexcept { load_palette(); }
TileRegisters::~TileRegisters() { release_palette(); }

void amx_product(const TiledSide & a, const TiledSide & b, int64_t rows, int columns, int64_t depth, bool add, const TiledOut & out) {
    if (columns == 1) {
        product<1>(a, b, rows, depth, add, out);
    } else {
        product<2>(a, b, rows, depth, add, out);
    }
}

}  // namespace graft
