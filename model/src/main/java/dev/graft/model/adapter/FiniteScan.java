package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.MalformedGgufException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks for weights that are no finite numbers, eight bytes at a time. */
final class FiniteScan {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PIECE = 1 << 16;

    private final ByteSource bytes;
    private byte[] piece = new byte[0];

    FiniteScan(ByteSource bytes) {
        this.bytes = bytes;
    }

    /** Given what was looked at, piece by piece, while it is in the caches. */
    @FunctionalInterface
    interface PieceTaker {
        PieceTaker NOBODY = (_, _, _) -> {};

        /** @param at where the piece's {@code count} bytes begin, from the start of what is scanned */
        void take(byte[] piece, int count, long at);
    }

    /** @throws MalformedGgufException naming the first element that is infinite or no number */
    void check(String tensor, AdapterMatrix matrix) throws IOException {
        check(tensor, matrix, PieceTaker.NOBODY);
    }

    /** The same, and gives the matrix to somebody: once this returns, all that was taken is finite. */
    void check(String tensor, AdapterMatrix matrix, PieceTaker taker) throws IOException {
        long found = firstNotFinite(matrix.type(), matrix.offset(), matrix.bytes(), taker);
        if (found >= 0) {
            throw new MalformedGgufException(
                    tensor,
                    "not finite at row " + found / matrix.columns() + ", column " + found % matrix.columns(),
                    "every weight must be a finite number");
        }
    }

    /** Index of the first element, from the offset on, that is infinite or no number; -1 if there is none. */
    long firstNotFinite(GgufType type, long offset, long length) throws IOException {
        return firstNotFinite(type, offset, length, PieceTaker.NOBODY);
    }

    private long firstNotFinite(GgufType type, long offset, long length, PieceTaker taker) throws IOException {
        if (piece.length < Math.min(PIECE, length)) {
            piece = new byte[(int) Math.min(PIECE, length)];
        }
        for (long at = 0; at < length; at += piece.length) {
            int count = (int) Math.min(piece.length, length - at);
            bytes.read(offset + at, piece, count);
            int found = firstNotFinite(type, piece, count);
            if (found >= 0) {
                return at / type.blockBytes() + found;
            }
            taker.take(piece, count, at);
        }
        return -1;
    }

    /** The same for the first {@code count} bytes of an array. */
    static int firstNotFinite(GgufType type, byte[] bytes, int count) {
        if (allFinite(type, bytes, count)) {
            return -1;
        }
        int element = 0;
        while (isFinite(type, bytes, element)) {
            element++;
        }
        return element;
    }

    /**
     * An exponent of only ones means infinite or no number. Adding its lowest bit to such an element, sign cut off, carries into the sign bit, and
     * only then; the sum never carries into the element beside it.
     */
    private static boolean allFinite(GgufType type, byte[] bytes, int count) {
        long sign = signs(type);
        long one = exponentOnes(type);
        long carried = 0;
        int whole = count & -Long.BYTES;
        for (int at = 0; at < whole; at += Long.BYTES) {
            carried |= ((long) LONG.get(bytes, at) & ~sign) + one;
        }
        boolean finite = (carried & sign) == 0;
        for (int element = whole / type.blockBytes(); element < count / type.blockBytes(); element++) {
            finite &= isFinite(type, bytes, element);
        }
        return finite;
    }

    private static long signs(GgufType type) {
        return type == GgufType.F32 ? 0x8000_0000_8000_0000L : 0x8000_8000_8000_8000L;
    }

    private static long exponentOnes(GgufType type) {
        return switch (type) {
            case F32 -> 0x0080_0000_0080_0000L;
            case F16 -> 0x0400_0400_0400_0400L;
            case BF16 -> 0x0080_0080_0080_0080L;
            default -> throw new IllegalArgumentException(type + " is no type of an adapter's weights");
        };
    }

    private static boolean isFinite(GgufType type, byte[] bytes, int element) {
        return Float.isFinite(Floats.read(type, bytes, element));
    }
}
