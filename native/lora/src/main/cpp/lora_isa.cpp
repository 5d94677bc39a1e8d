#include "lora_isa.h"

#include <algorithm>
#include <atomic>

#include "graft_lora.h"

namespace {

int of_processor() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4") != 0) {
        return static_cast<int>(graft::Isa::kAvx512);
    }
    if (__builtin_cpu_supports("x86-64-v3") != 0) {
        return static_cast<int>(graft::Isa::kAvx2);
    }
#endif
    return static_cast<int>(graft::Isa::kPlain);
}

std::atomic<int> chosen{of_processor()};

}  // namespace

namespace graft {
Isa isa() noexcept { return static_cast<Isa>(chosen.load(std::memory_order_relaxed)); }
}  // namespace graft

int graft_limit_isa(int most) {
    chosen = std::min(std::max(most, 0), of_processor());
    return chosen;
}
