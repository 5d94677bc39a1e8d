package dev.graft.bench.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An HTTP/1.1 response: head first, then the body's bytes, whether sent in chunks, by length or until the end of the connection. */
final class Body {
    private final InputStream in;
    private final int status;
    private final boolean chunked;
    private final boolean sized;
    private long left;
    private boolean ended;

    Body(InputStream in) throws IOException {
        this.in = in;
        this.status = Integer.parseInt(line().split(" ", 3)[1]);
        boolean chunks = false;
        long bytes = Long.MAX_VALUE;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String low = header.toLowerCase(Locale.ROOT);
            chunks |= low.startsWith("transfer-encoding:") && low.contains("chunked");
            if (low.startsWith("content-length:")) {
                bytes = Long.parseLong(low.substring("content-length:".length()).strip());
            }
        }
        this.chunked = chunks;
        this.sized = chunks || bytes != Long.MAX_VALUE;
        this.left = chunks ? 0 : bytes;
        this.ended = bytes == 0;
    }

    int status() {
        return status;
    }

    /** Bytes of the body, at least one; -1 at its end. */
    int read(byte[] into) throws IOException {
        if (chunked && left == 0 && !ended) {
            nextChunk();
        }
        if (ended || left == 0) {
            return -1;
        }
        int count = in.read(into, 0, (int) Math.min(into.length, left));
        if (count < 0 && sized) {
            throw new EOFException("the server closed the connection in the middle of an answer");
        }
        left -= Math.max(count, 0);
        if (chunked && left == 0) {
            line();
        }
        return count;
    }

    private void nextChunk() throws IOException {
        left = Long.parseLong(line().split(";", 2)[0].strip(), 16);
        ended = left == 0;
    }

    private String line() throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection before it answered");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    /** All of it. */
    String text() throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        for (int count = read(buffer); count >= 0; count = read(buffer)) {
            all.write(buffer, 0, count);
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
