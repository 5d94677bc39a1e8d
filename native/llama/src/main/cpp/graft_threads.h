#pragma once

#include <immintrin.h>

#include <atomic>

namespace graft {

// Where the threads that compute one node wait for each other. They all run: ggml starts them together.
class Meeting {
  public:
    void wait(int threads) {
        const int round = round_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) == threads - 1) {
            arrived_.store(0, std::memory_order_relaxed);
            round_.fetch_add(1, std::memory_order_release);
            return;
        }
        while (round_.load(std::memory_order_acquire) == round) {
            _mm_pause();
        }
    }

  private:
    std::atomic<int> arrived_{0};
    std::atomic<int> round_{0};
};

}  // namespace graft
