package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of 16 and 32 bits in little-endian bytes: widened without loss, narrowed to the nearest. */
final class Floats {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private Floats() {}

    /** The element at this index as a float. */
    static float read(GgufType type, byte[] bytes, int element) {
        return widened(type, bits(type, bytes, element));
    }

    /** The bits of the element at this index; 16-bit ones are widened by zeros. */
    static int bits(GgufType type, byte[] bytes, int element) {
        int at = element * type.blockBytes();
        return type == GgufType.F32 ? (int) INT.get(bytes, at) : Short.toUnsignedInt((short) SHORT.get(bytes, at));
    }

    /** Puts bits, of which 16-bit types take the lower half. */
    static void put(GgufType type, byte[] bytes, int element, int bits) {
        int at = element * type.blockBytes();
        if (type == GgufType.F32) {
            INT.set(bytes, at, bits);
        } else {
            SHORT.set(bytes, at, (short) bits);
        }
    }

    static float widened(GgufType type, int bits) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat(bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat(bits << 16);
            default -> throw new IllegalArgumentException(type + " is no type of an adapter's weights");
        };
    }

    /** The bits of the number of this type that is nearest, ties to even. */
    static int narrowed(GgufType type, float value) {
        return switch (type) {
            case F32 -> Float.floatToRawIntBits(value);
            case F16 -> Short.toUnsignedInt(Float.floatToFloat16(value));
            case BF16 -> {
                int bits = Float.floatToRawIntBits(value);
                yield (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
            }
            default -> throw new IllegalArgumentException(type + " is no type of an adapter's weights");
        };
    }
}
