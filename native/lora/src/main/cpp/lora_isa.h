#pragma once

namespace graft {

// Instruction sets that kernels are compiled for: x86-64-v4 is kAvx512, x86-64-v3 is kAvx2.
enum class Isa : int { kPlain = 0, kAvx2 = 1, kAvx512 = 2 };

// The highest that this processor has and graft_limit_isa allows.
Isa isa() noexcept;

}  // namespace graft
