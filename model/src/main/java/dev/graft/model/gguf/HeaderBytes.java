package dev.graft.model.gguf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/** Reads a header from front to back in small pieces, and knows how much of the file is left, so that no size is believed unchecked. */
final class HeaderBytes {
    private static final int PIECE = 1 << 16;

    private final ReadableByteChannel channel;
    private final ByteBuffer piece;
    private final long fileBytes;
    private long position;

    /** Reads a file of this size from the channel, whose next byte is the file's first. */
    HeaderBytes(ReadableByteChannel channel, long fileBytes) {
        this.channel = channel;
        this.fileBytes = fileBytes;
        this.piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(fileBytes, Long.BYTES)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    long fileBytes() {
        return fileBytes;
    }

    long position() {
        return position;
    }

    long left() {
        return fileBytes - position;
    }

    int int32(String field) throws IOException {
        return next(field, Integer.BYTES).getInt();
    }

    long int64(String field) throws IOException {
        return next(field, Long.BYTES).getLong();
    }

    /** The next {@code bytes} (at most 8) bytes, at the position of the buffer that is returned. */
    ByteBuffer next(String field, int bytes) throws IOException {
        need(field, bytes);
        if (piece.remaining() < bytes) {
            refill(bytes);
        }
        position += bytes;
        return piece;
    }

    void fill(String field, byte[] target, int from, int count) throws IOException {
        need(field, count);
        position += count;
        int done = 0;
        while (done < count) {
            if (!piece.hasRemaining()) {
                refill(1);
            }
            int some = Math.min(count - done, piece.remaining());
            piece.get(target, from + done, some);
            done += some;
        }
    }

    /** Refuses a size that the rest of the file can't hold, before anything is allocated for it. */
    void need(String field, long bytes) {
        if (bytes < 0 || bytes > left()) {
            throw new MalformedGgufException(
                    field, Long.toUnsignedString(bytes) + " bytes", "only " + left() + " bytes of the file are left");
        }
    }

    private void refill(int atLeast) throws IOException {
        piece.compact();
        while (piece.position() < atLeast) {
            if (channel.read(piece) < 0) {
                throw new EOFException("the file shrank while it was read");
            }
        }
        piece.flip();
    }
}
