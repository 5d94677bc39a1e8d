#pragma once

// Threads that share out a kernel's work. One that waits offers its core to whoever wants it (sched_yield) for a tenth of a millisecond, since the
// next kernel mostly comes within microseconds and to be woken takes tens of them; then it sleeps. It never keeps a core from serving, as one that
// spins would. Who adds up what depends on the number of parts alone, never on who was first, so that sums come out the same each time.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

struct graft_pool {
  public:
    explicit graft_pool(int threads);
    ~graft_pool();
    graft_pool(const graft_pool &) = delete;
    graft_pool & operator=(const graft_pool &) = delete;

    int threads() const { return threads_; }

    // Calls work(part) once for each part in [0, parts), part p on thread p % threads. Throws what a part threw.
    void run(int64_t parts, const std::function<void(int64_t)> & work);

    // Calls work(thread, part) once for each part in [0, parts), each thread taking the next that nobody has: for parts of unequal length, of which
    // none adds to what another writes.
    void share(int64_t parts, const std::function<void(int, int64_t)> & work);

    // Cuts [0, count) into one range a thread, each begin a multiple of grain, and calls work(thread, begin, end) where it is not empty.
    void split(int64_t count, int64_t grain, const std::function<void(int, int64_t, int64_t)> & work);

    // Memory of one thread that outlives the call: at least so many floats, aligned to a cache line. Contents are undefined.
    float * scratch(int thread, int slot, int64_t floats);

  private:
    static constexpr int kSlots = 4;
    struct Scratch {
        float * memory = nullptr;
        int64_t floats = 0;
    };

    void serve(int thread);
    void end_workers();
    void compute(int thread) noexcept;
    void await_work(uint64_t seen);
    void await_done();
    static void compute_alone();

    const int threads_;
    std::mutex calls_;  // one kernel at a time
    std::mutex state_;
    std::condition_variable begun_;
    std::condition_variable done_;
    std::atomic<uint64_t> round_{0};
    std::atomic<int> running_{0};
    std::atomic<bool> closed_{false};
    int sleeping_ = 0;
    int64_t parts_ = 0;
    const std::function<void(int64_t)> * work_ = nullptr;
    std::exception_ptr failure_;
    std::vector<Scratch> scratch_;
    std::vector<std::thread> workers_;
};
