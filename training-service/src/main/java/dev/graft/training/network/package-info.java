/**
 * The Llama architecture, forward and backward, over {@link dev.graft.lora.Kernels}; its weights stay as the GGUF file has them, mapped into memory.
 *
 * <p>{@link dev.graft.training.network.Trainer} is the door. {@code Batches} says which examples each step sees, {@code Packing} puts them one behind
 * the other, with what all begin with computed once, {@code LlamaNetwork} runs {@code Layer}s, each of which adds its {@code LoraPair}s, and
 * {@code TrainingState} keeps what a training would need to go on. Rows of Q and K are in llama.cpp's order throughout, so that the adapter is too.
 */
@NullMarked
package dev.graft.training.network;

import org.jspecify.annotations.NullMarked;
