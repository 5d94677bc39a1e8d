package dev.graft.model.gguf;

import java.util.Optional;

/** The types of metadata values, in the order of their numbers in a file; texts and arrays have no fixed size. */
public enum GgufValueType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    STRING(8, 0),
    ARRAY(9, 0),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private static final GgufValueType[] ALL = values();

    private final int code;
    private final int bytes;

    GgufValueType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type with this number in a file. */
    public static Optional<GgufValueType> of(int code) {
        return code < 0 || code >= ALL.length ? Optional.empty() : Optional.of(ALL[code]);
    }

    /** Its number in a file. */
    public int code() {
        return code;
    }

    /** Bytes of one value; 0 for texts and arrays. */
    public int bytes() {
        return bytes;
    }

    boolean isFraction() {
        return this == FLOAT32 || this == FLOAT64;
    }
}
