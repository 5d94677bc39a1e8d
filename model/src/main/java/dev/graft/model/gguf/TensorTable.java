package dev.graft.model.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The tensor part of a header. Data must lie one after the other, each aligned, inside the file: so llama.cpp requires, and so none overlap. */
final class TensorTable {
    static final int LONGEST_NAME = 63; // GGML_MAX_NAME less the terminating zero
    static final int MOST_DIMENSIONS = 4; // GGML_MAX_DIMS

    private final HeaderBytes bytes;
    private final int alignment;
    private final SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
    private long dataOffset;

    TensorTable(HeaderBytes bytes, int alignment) {
        this.bytes = bytes;
        this.alignment = alignment;
    }

    void read(int count) throws IOException {
        List<TensorInfo> found = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < count; i++) {
            TensorInfo tensor = tensor("tensors[" + i + "]", end);
            end = aligned(tensor.offset() + tensor.bytes());
            found.add(tensor);
        }
        dataOffset = aligned(bytes.position());
        for (TensorInfo tensor : found) {
            place(tensor);
        }
    }

    SequencedMap<String, TensorInfo> tensors() {
        return Collections.unmodifiableSequencedMap(tensors);
    }

    long dataOffset() {
        return dataOffset;
    }

    /** Reads one tensor; its offset still counts from the start of the data. */
    private TensorInfo tensor(String field, long expectedOffset) throws IOException {
        String name = name(field + ".name");
        List<Long> shape = shape(field + " (" + name + ").shape");
        GgufType type = type(field + " (" + name + ").type");
        if (shape.getFirst() % type.blockElements() != 0) {
            throw new MalformedGgufException(
                    field + " (" + name + ").shape",
                    shape,
                    "rows of " + type + " are a multiple of " + type.blockElements() + " long");
        }
        long size = size(field + " (" + name + ").shape", shape, type);
        long offset = bytes.int64(field + ".offset");
        checkOffset(field + " (" + name + ").offset", offset, expectedOffset);
        return new TensorInfo(name, shape, type, offset, size);
    }

    private String name(String field) throws IOException {
        long length = bytes.int64(field);
        if (length < 1 || length > LONGEST_NAME) {
            throw new MalformedGgufException(
                    field, Long.toUnsignedString(length) + " bytes", "a name has 1 to " + LONGEST_NAME + " bytes");
        }
        return GgufReader.text(bytes, field, (int) length);
    }

    private List<Long> shape(String field) throws IOException {
        int dimensions = bytes.int32(field);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw new MalformedGgufException(
                    field, Integer.toUnsignedString(dimensions) + " dimensions", "a tensor has 1 to 4 dimensions");
        }
        List<Long> shape = new ArrayList<>(dimensions);
        for (int d = 0; d < dimensions; d++) {
            long length = bytes.int64(field);
            if (length < 1) {
                throw new MalformedGgufException(field, length, "every dimension is at least 1");
            }
            shape.add(length);
        }
        return shape;
    }

    private GgufType type(String field) throws IOException {
        int code = bytes.int32(field);
        return GgufType.of(code)
                .orElseThrow(() -> new MalformedGgufException(
                        field, Integer.toUnsignedString(code), "ggml has no such type, or no longer"));
    }

    private long size(String field, List<Long> shape, GgufType type) {
        try {
            long elements = 1;
            for (long length : shape) {
                elements = Math.multiplyExact(elements, length);
            }
            long size = Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
            if (size <= bytes.fileBytes()) {
                return size;
            }
            throw new MalformedGgufException(field, shape, "its " + size + " bytes are more than the file has");
        } catch (ArithmeticException e) {
            throw new MalformedGgufException(field, shape, "more elements than any file holds");
        }
    }

    private void checkOffset(String field, long offset, long expected) {
        if (offset % alignment != 0) {
            throw new MalformedGgufException(
                    field, Long.toUnsignedString(offset), "must be a multiple of the alignment, " + alignment);
        }
        if (offset != expected) {
            boolean overlaps = offset >= 0 && offset < expected;
            throw new MalformedGgufException(
                    field,
                    Long.toUnsignedString(offset),
                    (overlaps ? "overlaps the tensor before it" : "leaves a gap behind the tensor before it")
                            + ": must be " + expected);
        }
    }

    private void place(TensorInfo tensor) {
        long offset = dataOffset + tensor.offset();
        if (offset + tensor.bytes() > bytes.fileBytes()) {
            throw new MalformedGgufException(
                    tensor.name() + ".offset",
                    offset,
                    "its " + tensor.bytes() + " bytes end behind the file's " + bytes.fileBytes()
                            + ": is the download complete?");
        }
        var placed = new TensorInfo(tensor.name(), tensor.shape(), tensor.type(), offset, tensor.bytes());
        if (tensors.put(tensor.name(), placed) != null) {
            throw new MalformedGgufException("tensors", tensor.name(), "a name stands once in a file");
        }
    }

    /** Overflow is no concern: sizes are at most the file's, and there are at most 65,536 tensors, checked in {@link #size}. */
    private long aligned(long offset) {
        return (offset + alignment - 1) & -alignment;
    }
}
