package dev.graft.bench.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads an OpenAI completion stream with no more work than the figures need: no JSON tree, no strings. It is told the body's bytes as they
 * come, in pieces of any size.
 */
final class EventReader {
    private static final byte[] TEXT = ascii("\"text\":\"");
    private static final byte[] PROMPT_TOKENS = ascii("\"prompt_tokens\":");
    private static final byte[] COMPLETION_TOKENS = ascii("\"completion_tokens\":");
    private static final byte[] ERROR = ascii("\"error\":");

    private byte[] line = new byte[1024];
    private int length;
    private long[] arrivals = new long[64];
    private int events;
    private int promptTokens = -1;
    private int completionTokens = -1;

    void accept(byte[] bytes, int from, int to, long now) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                endLine(now);
            } else {
                if (length == line.length) {
                    line = Arrays.copyOf(line, length * 2);
                }
                line[length++] = bytes[i];
            }
        }
    }

    private void endLine(long now) {
        if (indexOf(ERROR) >= 0) {
            throw new IllegalStateException(
                    "the server answered: " + new String(line, 0, length, StandardCharsets.UTF_8));
        }
        int text = indexOf(TEXT);
        if (text >= 0 && line[text + TEXT.length] != '"') {
            if (events == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, events * 2);
            }
            arrivals[events++] = now;
        }
        promptTokens = Math.max(promptTokens, numberAfter(PROMPT_TOKENS));
        completionTokens = Math.max(completionTokens, numberAfter(COMPLETION_TOKENS));
        length = 0;
    }

    Streamed result(long sentNanos) {
        return new Streamed(sentNanos, Arrays.copyOf(arrivals, events), promptTokens, completionTokens);
    }

    private int numberAfter(byte[] key) {
        int at = indexOf(key);
        if (at < 0) {
            return -1;
        }
        int value = 0;
        for (int i = at + key.length; i < length && line[i] >= '0' && line[i] <= '9'; i++) {
            value = value * 10 + line[i] - '0';
        }
        return value;
    }

    private int indexOf(byte[] key) {
        for (int i = 0; i + key.length < length; i++) {
            if (line[i] == key[0] && Arrays.equals(line, i, i + key.length, key, 0, key.length)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
