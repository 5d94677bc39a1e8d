#pragma once

// What every kernel does at the border to Java: refuses what can't be, and turns exceptions into a number and a text.

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

#include "lora_pool.h"

namespace graft {

void remember_error(const char * what) noexcept;

template <typename... Pointers>
void require_there(const Pointers *... pointers) {
    if (((pointers == nullptr) || ...)) {
        throw std::invalid_argument("a null pointer");
    }
}

inline void require(bool holds, const char * what) {
    if (!holds) {
        throw std::invalid_argument(what);
    }
}

// Sizes above 0 whose product can be counted in bytes.
template <typename... Sizes>
void require_sizes(Sizes... sizes) {
    int64_t product = 8;
    for (int64_t size : {static_cast<int64_t>(sizes)...}) {
        require(size > 0 && !__builtin_mul_overflow(product, size, &product), "a size that is not above 0, or too large");
    }
}

// Runs the kernel and says how that went.
template <typename Kernel>
int at_border(Kernel kernel) noexcept {
    try {
        kernel();
        return 0;
    } catch (const std::exception & e) {
        remember_error(e.what());
        return 1;
    } catch (...) {
        remember_error("an unknown exception");
        return 1;
    }
}

}  // namespace graft
