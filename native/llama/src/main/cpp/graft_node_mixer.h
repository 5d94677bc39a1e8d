#pragma once

// Adapters by nodes of ggml's own, wherever a layer is computed: see graft_node_mixer.cpp.

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "ggml-backend.h"
#include "graft_mixer.h"

namespace graft {

struct FreeContext {
    void operator()(ggml_context * context) const { ggml_free(context); }
};

struct FreeBuffer {
    void operator()(ggml_backend_buffer * buffer) const { ggml_backend_buffer_free(buffer); }
};

// Tensors of ours, with their memory in a buffer type's own place.
struct Tensors {
    std::unique_ptr<ggml_context, FreeContext> context;
    std::unique_ptr<ggml_backend_buffer, FreeBuffer> buffer;
};

class NodeMixer final : public Mixer {
  public:
    // rank: the placeholder's, which no adapter's may exceed. bits: of each weight, 16 or 32.
    NodeMixer(int layers, int slots, int rank, int bits);
    bool put(int slot, const graft_adapter * adapter) override;

  protected:
    void take_a(ggml_tensor * node, Site & site) override;
    void take_b(ggml_tensor * node, Site & site) override;
    void take_scale(ggml_tensor * node, Site & site) override;
    void take_sum(ggml_tensor * node, Site & site) override;
    void begin_graph() override;

  private:
    // What each token of a list has, as tensors that lie beside the layers of one device.
    struct Columns {
        Tensors memory;
        ggml_tensor * slots = nullptr;   // I32 [1, columns]
        ggml_tensor * scales = nullptr;  // F32 [1, columns]
        int capacity = 0;
        uint64_t graph = 0;  // that they were written for
    };
    struct Device {
        Columns all, wanted;
    };
    // A tensor that has all slots, in the place of one of the placeholder's; made when its node is met first.
    struct Half {
        Tensors memory;
        ggml_tensor * own = nullptr;
        ggml_tensor * theirs = nullptr;
    };
    struct Slots {
        Half a;                     // own: [inputs, rank, slots]
        Half b;                     // own: [rank, outputs, slots]
        ggml_tensor * x = nullptr;  // of the node as llama.cpp made it: [inputs, tokens]
        ggml_tensor x_alias;        // as [inputs, 1, tokens]
        ggml_tensor b_alias;        // what B's node gives, as [outputs, tokens]
    };

    bool make(Half & half, ggml_tensor * theirs, int64_t ne0, int64_t ne1);
    void write_a(const Slots & slots, int site, int slot);
    void write_b(const Slots & slots, int site, int slot);
    const Columns * columns(const Slots & slots, const TokenList & list);

    int rank_;
    int bits_;
    std::vector<Slots> own_;  // [sites]
    std::map<ggml_backend_buffer_type_t, Device> devices_;
    uint64_t graph_ = 0;
    const TokenList * list_ = nullptr;   // of the site whose nodes are coming; nullptr where they are left out
    const Columns * columns_ = nullptr;  // likewise
    std::vector<uint8_t> staged_;
};

}  // namespace graft
