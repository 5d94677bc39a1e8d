package dev.graft.model.gguf;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes numbers with their lowest byte first, and counts what it wrote. */
final class LittleEndianStream extends FilterOutputStream {
    private long written;

    LittleEndianStream(OutputStream out) {
        super(out);
    }

    long written() {
        return written;
    }

    void int32(int value) throws IOException {
        whole(value, Integer.BYTES);
    }

    void int64(long value) throws IOException {
        whole(value, Long.BYTES);
    }

    void whole(long value, int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            write((int) (value >>> (8 * i)) & 0xFF);
        }
    }

    void text(String text) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes with their number before them. */
    void bytes(byte[] bytes) throws IOException {
        int64(bytes.length);
        write(bytes);
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        written++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
        written += count;
    }
}
