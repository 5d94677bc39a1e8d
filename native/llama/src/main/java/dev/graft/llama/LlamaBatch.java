package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.llama_batch_free;
import static dev.graft.llama.jni.global.llama.llama_batch_init;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.graft.llama.jni.llama_batch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The tokens of one decode call: for each its number, position, sequences and whether its output row is wanted. Filled and read by one thread;
 * {@link #clear} and fill again for the next call.
 */
public final class LlamaBatch implements AutoCloseable {
    /** llama.cpp's LLAMA_MAX_SEQ: sequence numbers are below it. */
    public static final int MAX_SEQUENCES = 256;

    private final llama_batch handle;
    private final int capacity;
    private final int sequencesPerToken;
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment sequenceCounts;
    private final MemorySegment outputs;
    private final MemorySegment[] sequences;
    private final IntPointer slots;
    private final FloatPointer scales;
    private AdapterUse use = AdapterUse.NONE;
    private int size;
    private boolean closed;

    /**
     * @param capacity the most tokens
     * @param sequencesPerToken the most sequences that share one token
     */
    public LlamaBatch(int capacity, int sequencesPerToken) {
        this.capacity = capacity;
        this.sequencesPerToken = sequencesPerToken;
        this.handle = llama_batch_init(capacity, 0, sequencesPerToken);
        this.tokens = segment(handle.token(), 4L * capacity);
        this.positions = segment(handle.pos(), 4L * capacity);
        this.sequenceCounts = segment(handle.n_seq_id(), 4L * capacity);
        this.outputs = segment(handle.logits(), capacity);
        this.slots = new IntPointer(capacity);
        this.scales = new FloatPointer(capacity);
        this.sequences = new MemorySegment[capacity];
        for (int i = 0; i < capacity; i++) {
            sequences[i] = segment(handle.seq_id(i), 4L * sequencesPerToken);
        }
    }

    private static MemorySegment segment(Pointer pointer, long bytes) {
        if (pointer == null || pointer.isNull()) {
            throw new LlamaException("llama_batch_init: out of memory");
        }
        return MemorySegment.ofAddress(pointer.address()).reinterpret(bytes);
    }

    public void clear() {
        size = 0;
        use = AdapterUse.NONE;
    }

    /** The tokens that are added from now on have this slot's adapter (see {@link LlamaContext#mixAdapters}); 0: none. */
    public void slot(int number) {
        use(new AdapterUse(number, 1));
    }

    /** The tokens that are added from now on have this adapter, scaled. */
    public void use(AdapterUse adapter) {
        use = adapter;
    }

    public int size() {
        return size;
    }

    /** Whether the token at this index wants an output row. */
    public boolean outputs(int index) {
        return outputs.get(JAVA_BYTE, Objects.checkIndex(index, size)) != 0;
    }

    /**
     * Adds a token of one sequence.
     *
     * @return its index in the batch
     */
    public int add(int token, int position, int sequence, boolean output) {
        int index = put(token, position, 1, output);
        putSequence(index, 0, sequence);
        return index;
    }

    /**
     * Adds a token that several sequences share.
     *
     * @return its index in the batch
     */
    public int add(int token, int position, int[] ofSequences, boolean output) {
        int index = put(token, position, ofSequences.length, output);
        for (int i = 0; i < ofSequences.length; i++) {
            putSequence(index, i, ofSequences[i]);
        }
        return index;
    }

    /** The adapters that tokens have, each with each of its scales once. */
    public List<AdapterUse> uses() {
        return IntStream.range(0, size).mapToObj(this::useOf).distinct().toList();
    }

    private AdapterUse useOf(int index) {
        return new AdapterUse(slots.get(index), scales.get(index));
    }

    /**
     * Adds this batch's tokens with one adapter and scale to another batch, in their order, without an adapter.
     *
     * @return their indexes here
     */
    public int[] copyTokensOf(AdapterUse adapter, LlamaBatch into) {
        int[] indexes =
                IntStream.range(0, size).filter(i -> useOf(i).equals(adapter)).toArray();
        for (int i : indexes) {
            int[] owners = sequences[i]
                    .asSlice(0, 4L * sequenceCounts.getAtIndex(JAVA_INT, i))
                    .toArray(JAVA_INT);
            into.add(tokens.getAtIndex(JAVA_INT, i), positions.getAtIndex(JAVA_INT, i), owners, outputs(i));
        }
        return indexes;
    }

    private int put(int token, int position, int sequenceCount, boolean output) {
        if (closed || size == capacity || sequenceCount > sequencesPerToken) {
            throw new IllegalStateException("batch of %d tokens (closed: %s), %d sequences of at most %d"
                    .formatted(size, closed, sequenceCount, sequencesPerToken));
        }
        tokens.setAtIndex(JAVA_INT, size, token);
        positions.setAtIndex(JAVA_INT, size, position);
        sequenceCounts.setAtIndex(JAVA_INT, size, sequenceCount);
        outputs.set(JAVA_BYTE, size, (byte) (output ? 1 : 0));
        slots.put(size, use.slot());
        scales.put(size, use.scale());
        return size++;
    }

    private void putSequence(int index, int place, int sequence) {
        if (sequence < 0 || sequence >= MAX_SEQUENCES) {
            throw new IllegalArgumentException("sequence " + sequence + " is not below " + MAX_SEQUENCES);
        }
        sequences[index].setAtIndex(JAVA_INT, place, sequence);
    }

    /** The slot of each token. */
    IntPointer slots() {
        return slots;
    }

    /** What the effect of each token's adapter is multiplied by. */
    FloatPointer scales() {
        return scales;
    }

    llama_batch handle() {
        handle.n_tokens(size);
        return handle;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            llama_batch_free(handle);
            slots.close();
            scales.close();
        }
    }
}
