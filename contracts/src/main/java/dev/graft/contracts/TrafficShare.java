package dev.graft.contracts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The part of an adapter's traffic that a candidate gets.
 *
 * @param generation the candidate
 * @param percent of the keys, 1 to 100
 */
public record TrafficShare(int generation, int percent) {
    public TrafficShare {
        if (percent < 1 || percent > 100) {
            throw AdapterNames.invalid("percent", percent, "must be from 1 to 100");
        }
    }

    /**
     * Whether requests with this key go to the candidate. The same key gets the same answer everywhere and always: the first 8 bytes of the SHA-256
     * of {@code name@generation}, a line feed and the key, as an unsigned number modulo 100, below {@link #percent}. So each user sees one
     * generation, a share that grows only adds users, and another candidate gets others.
     */
    public boolean takes(String name, String key) {
        byte[] text = (name + "@" + generation + "\n" + key).getBytes(StandardCharsets.UTF_8);
        try {
            long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text))
                    .getLong();
            return Long.remainderUnsigned(hash, 100) < percent;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
