#include "graft_arena.h"

#include <sys/mman.h>

#include <algorithm>

namespace graft {

Arena::~Arena() {
    for (const Piece & piece : pieces_) {
        munmap(piece.begin, piece.bytes);
    }
}

uint8_t * Arena::take(size_t bytes) {
    constexpr size_t kAlign = 64;
    bytes = (bytes + kAlign - 1) / kAlign * kAlign;
    if ((pieces_.empty() || used_ + bytes > pieces_.back().bytes) && !add_piece(bytes)) {
        return nullptr;
    }
    uint8_t * taken = pieces_.back().begin + used_;
    used_ += bytes;
    return taken;
}

// Whole large pages, which the kernel gives where they begin at such an address: with small ones, looking addresses up costs as much as reading.
bool Arena::add_piece(size_t least_bytes) {
    constexpr size_t kLargePage = size_t{2} << 20;
    const size_t size = (std::max(piece_bytes_, least_bytes) + kLargePage - 1) / kLargePage * kLargePage;
    void * memory = mmap(nullptr, size + kLargePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    auto * begin = static_cast<uint8_t *>(memory);
    const size_t before = (kLargePage - reinterpret_cast<uintptr_t>(begin) % kLargePage) % kLargePage;
    if (before > 0) {
        munmap(begin, before);
    }
    munmap(begin + before + size, kLargePage - before);
    madvise(begin + before, size, MADV_HUGEPAGE);
    pieces_.push_back({begin + before, size});
    used_ = 0;
    return true;
}

size_t Arena::bytes() const {
    size_t sum = 0;
    for (const Piece & piece : pieces_) {
        sum += piece.bytes;
    }
    return sum;
}

}  // namespace graft
