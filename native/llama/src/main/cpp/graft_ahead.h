#pragma once

// Reading ahead: memory is asked for what is read soon while something else is computed. A processor finds out by itself that memory is read in
// order, but late: two threads of an Intel Xeon read 27 GB/s that way, and 40 GB/s where the next 8 KB are asked for.

#include <cstddef>
#include <cstdint>

namespace graft {

// Asks for what is read after these bytes.
template <size_t kBytes>
inline void ask_ahead(const uint8_t * from) {
    constexpr size_t kAheadBytes = 8192;
    constexpr size_t kLineBytes = 64;
#pragma GCC unroll 16
    for (size_t line = 0; line < kBytes; line += kLineBytes) {
        __builtin_prefetch(from + kAheadBytes + line);
    }
}

}  // namespace graft
