// Memory in huge pages where the kernel grants them (madvise(2), MADV_HUGEPAGE). What a training keeps of all layers is many times what a
// processor's TLB covers in pages of 4 KB, and a product writes its columns across all rows: every few lines another page.
#include <sys/mman.h>

#include "graft_lora.h"
#include "lora_border.h"

void * graft_memory_open(int64_t bytes) {
    void * memory = nullptr;
    graft::at_border([&] {
        graft::require_sizes(bytes);
        void * mapped = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        graft::require(mapped != MAP_FAILED, "the system has no more memory");
        madvise(mapped, static_cast<size_t>(bytes), MADV_HUGEPAGE);  // a kernel without them refuses, and all works as well
        memory = mapped;
    });
    return memory;
}

void graft_memory_close(void * memory, int64_t bytes) { munmap(memory, static_cast<size_t>(bytes)); }
