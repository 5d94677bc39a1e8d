package dev.graft.model.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An array of numbers or booleans, kept as the bytes of the file. */
public final class GgufNumbers {
    private final GgufValueType type;
    private final ByteBuffer raw;

    GgufNumbers(GgufValueType type, byte[] raw) {
        this.type = type;
        this.raw = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Packs token types, lengths or the like as {@link GgufValueType#INT32}. */
    public static GgufNumbers of(int... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            raw.putInt(value);
        }
        return new GgufNumbers(GgufValueType.INT32, raw.array());
    }

    /** Packs token scores or the like as {@link GgufValueType#FLOAT32}. */
    public static GgufNumbers of(float... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return new GgufNumbers(GgufValueType.FLOAT32, raw.array());
    }

    /** Type of the elements. */
    public GgufValueType type() {
        return type;
    }

    /** How many there are. */
    public int size() {
        return raw.capacity() / type.bytes();
    }

    /** The integer (or 0 and 1 of a boolean) at this index; floats are cut off. */
    public long whole(int index) {
        return type.isFraction() ? (long) fraction(index) : whole(type, raw, index * type.bytes());
    }

    /** The number at this index. */
    public double fraction(int index) {
        return switch (type) {
            case FLOAT32 -> raw.getFloat(index * Float.BYTES);
            case FLOAT64 -> raw.getDouble(index * Double.BYTES);
            default -> whole(index);
        };
    }

    byte[] raw() {
        return raw.array();
    }

    static long whole(GgufValueType type, ByteBuffer bytes, int at) {
        return switch (type) {
            case UINT8, BOOL -> Byte.toUnsignedLong(bytes.get(at));
            case INT8 -> bytes.get(at);
            case UINT16 -> Short.toUnsignedLong(bytes.getShort(at));
            case INT16 -> bytes.getShort(at);
            case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
            case INT32 -> bytes.getInt(at);
            case UINT64, INT64 -> bytes.getLong(at);
            case FLOAT32, FLOAT64, STRING, ARRAY -> throw new IllegalArgumentException(type + " is not an integer");
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufNumbers that && type == that.type && raw.equals(that.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }
}
