#include "lora_pool.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>

#include "graft_lora.h"
#include "lora_border.h"

namespace {
constexpr int kMostThreads = 1024;
constexpr std::size_t kCacheLine = 64;
constexpr std::chrono::microseconds kBeforeSleep(100);
thread_local std::string last_error;
}  // namespace

namespace graft {
void remember_error(const char * what) noexcept {
    try {
        last_error = what;
    } catch (...) {
        last_error.clear();
    }
}

namespace {
// Waits for a condition, at most kBeforeSleep, on a core that anybody else may have meanwhile.
template <typename Condition>
bool comes_soon(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + kBeforeSleep;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        sched_yield();
    }
    return true;
}
}  // namespace
}  // namespace graft

graft_pool::graft_pool(int threads) : threads_(threads), scratch_(static_cast<size_t>(threads) * kSlots) {
    try {
        for (int thread = 1; thread < threads; thread++) {
            workers_.emplace_back([this, thread] { serve(thread); });
        }
    } catch (...) {  // the operating system has no more threads
        end_workers();
        throw;
    }
}

void graft_pool::end_workers() {
    {
        std::lock_guard<std::mutex> lock(state_);
        closed_ = true;
    }
    begun_.notify_all();
    for (std::thread & worker : workers_) {
        worker.join();
    }
}

graft_pool::~graft_pool() {
    end_workers();
    for (Scratch & scratch : scratch_) {
        std::free(scratch.memory);
    }
}

// oneDNN would share out its work by OpenMP, whose threads spin: each call gets the one thread that makes it.
void graft_pool::compute_alone() { omp_set_num_threads(1); }

void graft_pool::serve(int thread) {
    compute_alone();
    for (uint64_t seen = 0;; seen++) {
        await_work(seen);
        if (closed_) {
            return;
        }
        compute(thread);
        if (running_.fetch_sub(1) == 1) {
            std::lock_guard<std::mutex> lock(state_);
            done_.notify_one();
        }
    }
}

void graft_pool::await_work(uint64_t seen) {
    const auto come = [&] { return closed_ || round_ != seen; };
    if (graft::comes_soon(come)) {
        return;
    }
    std::unique_lock<std::mutex> lock(state_);
    sleeping_++;
    begun_.wait(lock, come);
    sleeping_--;
}

void graft_pool::await_done() {
    const auto done = [&] { return running_ == 0; };
    if (!graft::comes_soon(done)) {
        std::unique_lock<std::mutex> lock(state_);
        done_.wait(lock, done);
    }
}

void graft_pool::compute(int thread) noexcept {
    try {
        for (int64_t part = thread; part < parts_; part += threads_) {
            (*work_)(part);
        }
    } catch (...) {
        std::lock_guard<std::mutex> lock(state_);
        failure_ = std::current_exception();
    }
}

void graft_pool::run(int64_t parts, const std::function<void(int64_t)> & work) {
    std::lock_guard<std::mutex> call(calls_);
    compute_alone();
    parts_ = parts;
    work_ = &work;
    failure_ = nullptr;
    if (threads_ > 1 && parts > 1) {
        std::lock_guard<std::mutex> lock(state_);
        running_ = threads_ - 1;
        round_++;
        if (sleeping_ > 0) {
            begun_.notify_all();
        }
    }
    compute(0);
    await_done();
    work_ = nullptr;
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

void graft_pool::share(int64_t parts, const std::function<void(int, int64_t)> & work) {
    std::atomic<int64_t> next{0};
    run(std::min<int64_t>(threads_, parts), [&](int64_t thread) {
        for (int64_t part = next++; part < parts; part = next++) {
            work(static_cast<int>(thread), part);
        }
    });
}

void graft_pool::split(int64_t count, int64_t grain, const std::function<void(int, int64_t, int64_t)> & work) {
    const int64_t grains = (count + grain - 1) / grain;
    const int64_t parts = std::min<int64_t>(threads_, grains);
    run(parts, [&](int64_t part) {
        const int64_t begin = grains * part / parts * grain;
        const int64_t end = std::min(count, grains * (part + 1) / parts * grain);
        if (begin < end) {
            work(static_cast<int>(part), begin, end);
        }
    });
}

float * graft_pool::scratch(int thread, int slot, int64_t floats) {
    Scratch & scratch = scratch_[static_cast<size_t>(thread) * kSlots + static_cast<size_t>(slot)];
    if (scratch.floats < floats) {
        std::free(scratch.memory);
        scratch = Scratch();
        const std::size_t bytes = (static_cast<std::size_t>(floats) * sizeof(float) + kCacheLine - 1) / kCacheLine * kCacheLine;
        scratch.memory = static_cast<float *>(std::aligned_alloc(kCacheLine, bytes));
        if (scratch.memory == nullptr) {
            throw std::bad_alloc();
        }
        scratch.floats = floats;
    }
    return scratch.memory;
}

extern "C" {

const char * graft_lora_error(void) { return last_error.c_str(); }

graft_pool * graft_pool_open(int threads) {
    graft_pool * pool = nullptr;
    graft::at_border([&] {
        graft::require(threads >= 1 && threads <= kMostThreads, "threads must be 1 to 1024");
        pool = new graft_pool(threads);
    });
    return pool;
}

void graft_pool_close(graft_pool * pool) { delete pool; }
}
