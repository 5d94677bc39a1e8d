package dev.graft.inference.events;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Tells whether two requests of one id ask the same: the first 16 bytes of the SHA-256 of the body, as hexadecimal digits. Order of fields,
 * white space, priority and deadline don't count, so a sender may ask again with more patience.
 *
 * @param hex 32 digits, or empty where a result does not say what it answers: that fits every request
 */
record Digest(String hex) {
    /** The header of a result that carries the digest of its request: a CloudEvents extension attribute. */
    static final String HEADER = "ce_requestdigest";

    static final Digest UNKNOWN = new Digest("");

    private static final int BYTES = 16;
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    /** @param body a request's body that was read as JSON before */
    static Digest of(byte[] body) {
        try {
            Map<String, Object> fields = SORTED.readValue(body, FIELDS);
            fields.remove("priority");
            fields.remove("deadline");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(SORTED.writeValueAsBytes(fields));
            return new Digest(HexFormat.of().formatHex(hash, 0, BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    boolean fits(Digest other) {
        return hex.isEmpty() || other.hex.isEmpty() || hex.equals(other.hex);
    }
}
