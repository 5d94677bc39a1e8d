package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.graft_likeliest;
import static dev.graft.llama.jni.global.llama.graft_log_sum_exp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;

/** The logits after one token, one for each token of the vocabulary, where llama.cpp left them: valid until the context's next decode. */
public final class LogitRow {
    private final FloatPointer pointer;
    private final MemorySegment values;
    private final int length;

    LogitRow(FloatPointer pointer, int length) {
        this.pointer = pointer;
        this.values = MemorySegment.ofAddress(pointer.address()).reinterpret((long) length * Float.BYTES);
        this.length = length;
    }

    public int length() {
        return length;
    }

    public float at(int token) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, Objects.checkIndex(token, length));
    }

    /**
     * The likeliest token; of equals the first.
     *
     * @throws LlamaException when no logit is a number, which a damaged model or adapter brings about
     */
    public int likeliest() {
        int token = graft_likeliest(pointer, length);
        if (token < 0) {
            throw noNumbers();
        }
        return token;
    }

    /**
     * ln Σ exp(logit): a token's log-probability is its logit less this.
     *
     * @throws LlamaException when it is no number, as for {@link #likeliest}
     */
    public double logSumExp() {
        double sum = graft_log_sum_exp(pointer, length);
        if (!Double.isFinite(sum)) {
            throw noNumbers();
        }
        return sum;
    }

    private static LlamaException noNumbers() {
        return new LlamaException("the model's logits are no numbers: its file, or its adapter's, is damaged");
    }

    /** The same logits in memory of their own, which stay. */
    public LogitRow copy() {
        LogitRow own = new LogitRow(new FloatPointer(length), length);
        own.copyFrom(this);
        return own;
    }

    /** Takes over another row's logits; only for a {@link #copy}. */
    public void copyFrom(LogitRow other) {
        values.copyFrom(other.values);
    }

    public void copyTo(float[] into) {
        MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, into, 0, length);
    }
}
