package dev.graft.model.adapter;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Bytes that can be read at any place. Files are read, not mapped: a mapped file that somebody cuts off ends the process, a read one only fails.
 */
interface ByteSource {
    long size();

    /** Fills the whole target with the bytes from this position on. */
    void read(long position, byte[] target, int count) throws IOException;

    static ByteSource of(FileChannel file) throws IOException {
        long size = file.size();
        return new ByteSource() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long position, byte[] target, int count) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(target, 0, count);
                while (buffer.hasRemaining()) {
                    if (file.read(buffer, position + buffer.position()) < 0) {
                        throw new EOFException("the file shrank while it was read");
                    }
                }
            }
        };
    }

    static ByteSource of(byte[] memory) {
        return new ByteSource() {
            @Override
            public long size() {
                return memory.length;
            }

            @Override
            public void read(long position, byte[] target, int count) {
                System.arraycopy(memory, (int) position, target, 0, count);
            }
        };
    }
}
