#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace graft {

// Memory taken in large pieces, for the sake of large pages, and given back all at once.
class Arena {
  public:
    // piece_bytes: of one piece, unless more is asked for at once.
    explicit Arena(size_t piece_bytes) : piece_bytes_(piece_bytes) {}
    Arena(const Arena &) = delete;
    Arena & operator=(const Arena &) = delete;
    ~Arena();
    // Zeros, aligned to 64 bytes; nullptr where memory is short.
    uint8_t * take(size_t bytes);
    // What was taken from the system.
    size_t bytes() const;

  private:
    struct Piece {
        uint8_t * begin;
        size_t bytes;
    };
    bool add_piece(size_t least_bytes);

    size_t piece_bytes_;
    std::vector<Piece> pieces_;
    size_t used_ = 0;  // of the last piece
};

}  // namespace graft
