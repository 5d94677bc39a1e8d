package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** One JSON object, read piece by piece: plain JSON only, no name twice, nothing behind its end, no deep nesting. */
final class StrictJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .build())
            .build();

    private StrictJson() {}

    /** Takes the value of the field {@code name}: the parser stands on its first token, and must be left on its last. */
    @FunctionalInterface
    interface FieldReader {
        void read(String name, JsonParser value) throws IOException;
    }

    /** @throws MalformedPeftException where the text is no JSON object, naming the file and the place */
    static void object(String file, String text, FieldReader fields) {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedPeftException(file, text, "must be a JSON object");
            }
            fields(json, fields);
            if (json.nextToken() != null) {
                throw new MalformedPeftException(file, json.currentToken(), "nothing may follow the JSON object");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedPeftException(
                    file, e.getOriginalMessage(), "must be sound JSON, in which no name stands twice");
        } catch (IOException e) {
            throw new IllegalStateException("reading memory does not fail", e);
        }
    }

    /** Reads the fields of the object on whose beginning the parser stands. */
    static void fields(JsonParser json, FieldReader fields) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (name.isEmpty()) {
                throw new MalformedPeftException("a field's name", "", "must have at least one letter");
            }
            json.nextToken();
            fields.read(name, json);
        }
    }

    /** @throws MalformedPeftException where these bytes are no text */
    static String utf8(String file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedPeftException(file, "bytes that are no text", "must be UTF-8");
        }
    }
}
