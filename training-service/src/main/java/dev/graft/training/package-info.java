/**
 * Trains LoRA adapters straight on the quantized model file. A job goes this way:
 *
 * <pre>
 * api, events ─► job ─► dataset ─► network ─► optimizer ─► checkpoint ─► adapter
 * </pre>
 *
 * {@code api} (HTTP) and {@code events} (Kafka) are the two doors; nothing behind them knows either. {@code recipe} is what may be chosen,
 * {@code dataset} reads, judges and tokenizes examples, {@code network} with {@code optimizer} computes, on the kernels of the module {@code native/lora}, {@code job} carries one
 * job through from queued to its end, {@code checkpoint} keeps its state safe from a crash, {@code adapter} writes and registers what comes out.
 */
@NullMarked
package dev.graft.training;

import org.jspecify.annotations.NullMarked;
