#pragma once

// Adapters by kernels of our own, on the processor: see graft_kernel_mixer.cpp.

#include <cstddef>
#include <vector>

#include "graft_ahead.h"
#include "graft_mixer.h"

namespace graft {

class KernelMixer final : public Mixer {
  public:
    using Mixer::Mixer;

    void compute_down(const ggml_tensor * node, int site, int thread, int threads);
    void compute_up(ggml_tensor * node, int site, int thread, int threads);
    // What the thread reads for both, after the base's product of this site.
    void say_weights(const ggml_tensor * product, int site, int thread, int threads, ReadLater & later) const;

  protected:
    void take_a(ggml_tensor * node, Site & site) override;
    void take_b(ggml_tensor * node, Site & site) override;
    void take_scale(ggml_tensor * node, Site & site) override;
    void take_sum(ggml_tensor * node, Site & site) override;
    void begin_graph() override;

  private:
    float * middle(int site, int at) { return middle_.data() + (static_cast<size_t>(site % GRAFT_TARGETS) * most_columns_ + at) * rank_stride_; }

    std::vector<float> middle_;  // A x, [targets][columns][rank_stride_]
    int most_columns_ = 0;
    int rank_stride_ = 0;
};

}  // namespace graft
