package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON written field by field: no tree and no reflection for each token. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes one value. */
    interface Body {
        void write(JsonGenerator g) throws IOException;
    }

    static byte[] bytes(Body body) {
        return bytes("", body, "");
    }

    /** Between two texts of ASCII, such as the marks of a server-sent event. */
    static byte[] bytes(String before, Body body, String after) {
        try (var out = new ByteArrayBuilder(256)) {
            ascii(out, before);
            try (JsonGenerator g = FACTORY.createGenerator(out)) {
                body.write(g);
            }
            ascii(out, after);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
    }

    private static void ascii(ByteArrayBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            out.append(text.charAt(i));
        }
    }

    private Json() {}
}
