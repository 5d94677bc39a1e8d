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
    constexpr size_t kPage = 4096;
    bytes = (bytes + kAlign - 1) / kAlign * kAlign;
    if (pieces_.empty() || used_ + bytes > pieces_.back().bytes) {
        const size_t size = (std::max(piece_bytes_, bytes) + kPage - 1) / kPage * kPage;
        void * memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            return nullptr;
        }
        madvise(memory, size, MADV_HUGEPAGE);
        pieces_.push_back({static_cast<uint8_t *>(memory), size});
        used_ = 0;
    }
    uint8_t * taken = pieces_.back().begin + used_;
    used_ += bytes;
    return taken;
}

size_t Arena::bytes() const {
    size_t sum = 0;
    for (const Piece & piece : pieces_) {
        sum += piece.bytes;
    }
    return sum;
}

}  // namespace graft
