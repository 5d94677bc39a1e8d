/**
 * The kernels that LoRA training is made of. {@link dev.graft.lora.Kernels} is what a network is written against; {@link dev.graft.lora.CpuKernels}
 * computes it in C++ ({@code src/main/cpp}, one kernel a file, with its mathematics) and oneDNN. Another device is another implementation.
 *
 * <p>Nothing unchecked reaches native code: each size is held against the memory behind it here, in Java, and once more in C++.
 */
@NullMarked
package dev.graft.lora;

import org.jspecify.annotations.NullMarked;
