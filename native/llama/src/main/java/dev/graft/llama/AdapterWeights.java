package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_TYPE_BF16;
import static dev.graft.llama.jni.global.llama.GGML_TYPE_F16;
import static dev.graft.llama.jni.global.llama.GGML_TYPE_F32;
import static dev.graft.llama.jni.global.llama.GRAFT_NO_MEMORY;
import static dev.graft.llama.jni.global.llama.GRAFT_TARGETS;
import static dev.graft.llama.jni.global.llama.graft_adapter_bytes;
import static dev.graft.llama.jni.global.llama.graft_adapter_free;
import static dev.graft.llama.jni.global.llama.graft_adapter_new;
import static dev.graft.llama.jni.global.llama.graft_adapter_put;

import dev.graft.llama.jni.graft_adapter;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * One LoRA adapter's weights in memory, of its own rank and targets, as {@link LlamaContext#mixAdapters mixed batches} want them. Filled by one thread, then only read; close it
 * when no slot has it.
 */
public final class AdapterWeights implements AutoCloseable {
    /** Pairs that a layer may have: q, k, v, o, gate, up, down. */
    public static final int TARGETS = GRAFT_TARGETS;

    private final graft_adapter handle;
    private boolean closed;

    /**
     * Without any pair yet.
     *
     * @param layers of the base model
     * @param precision of each weight
     * @throws OutOfMemoryError where native memory is short
     */
    public AdapterWeights(int layers, Precision precision) {
        handle = graft_adapter_new(layers, precision.bits);
        if (handle == null || handle.isNull()) {
            throw new OutOfMemoryError(GRAFT_NO_MEMORY);
        }
    }

    /**
     * How exact weights are kept: all of the file's digits; half of the memory and of the time that it takes to read it; or a quarter, in whole numbers
     * from -127 to 127 of a step that each row of A and each output of B has of its own. Nodes of ggml's own have no {@code Q8}.
     */
    public enum Precision {
        Q8(8),
        F16(16),
        F32(32);

        private final int bits;

        Precision(int bits) {
            this.bits = bits;
        }

        /** Of each weight. */
        public int bits() {
            return bits;
        }
    }

    /** As in the adapter's file. */
    public enum WeightType {
        F32(GGML_TYPE_F32, 4),
        F16(GGML_TYPE_F16, 2),
        BF16(GGML_TYPE_BF16, 2);

        private final int ggmlType;
        private final int bytes;

        WeightType(int ggmlType, int bytes) {
            this.ggmlType = ggmlType;
            this.bytes = bytes;
        }
    }

    /** @param data native memory, read during the call only */
    public record Matrix(WeightType type, MemorySegment data) {
        private Pointer pointer(long elements) {
            if (!data.isNative() || data.byteSize() < elements * type.bytes) {
                throw new IllegalArgumentException("%d bytes of native memory (%s) for %d weights of %s"
                        .formatted(data.byteSize(), data.isNative(), elements, type));
            }
            return new Address(data.address());
        }
    }

    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    /**
     * Copies one pair.
     *
     * @param target from 0: q, k, v, o, gate, up, down
     * @param inputs length of a row of A, a multiple of 16
     * @param outputs rows of B, a multiple of 32
     * @param scale what B is multiplied by
     * @param a {@code [rank][inputs]}
     * @param b {@code [outputs][rank]}
     * @throws LlamaException when it can't be taken, with the reason
     * @throws OutOfMemoryError where native memory is short, which says nothing about the pair
     */
    public void put(int layer, int target, int inputs, int outputs, int rank, float scale, Matrix a, Matrix b) {
        Objects.checkIndex(target, TARGETS);
        if (inputs <= 0 || outputs <= 0 || rank <= 0) {
            throw new IllegalArgumentException(
                    "a pair of %d inputs, %d outputs, rank %d".formatted(inputs, outputs, rank));
        }
        BytePointer wrong = graft_adapter_put(
                handle(),
                layer,
                target,
                inputs,
                outputs,
                rank,
                scale,
                a.type.ggmlType,
                a.pointer((long) inputs * rank),
                b.type.ggmlType,
                b.pointer((long) outputs * rank));
        if (wrong == null || wrong.isNull()) {
            return;
        }
        String reason = "layer %d, target %d, rank %d: %s".formatted(layer, target, rank, wrong.getString());
        if (wrong.getString().equals(GRAFT_NO_MEMORY)) {
            throw new OutOfMemoryError(reason);
        }
        throw new LlamaException(reason);
    }

    /** Memory that they take. */
    public long bytes() {
        return graft_adapter_bytes(handle());
    }

    graft_adapter handle() {
        if (closed) {
            throw new IllegalStateException("the adapter is closed");
        }
        return handle;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            graft_adapter_free(handle);
        }
    }
}
