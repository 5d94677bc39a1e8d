package dev.graft.training.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A JSON object a line. Lines that are none are findings; the file is never held as a whole. */
final class JsonLines {
    /** Longest line, in bytes: one line is held at a time. */
    static final int LONGEST_LINE = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(64).build());
    }

    private final InputStream in;
    private final Findings findings;
    private int line;

    private JsonLines(InputStream in, Findings findings) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.findings = findings;
    }

    static void read(InputStream in, Findings findings, Consumer<Row> each) throws IOException {
        new JsonLines(in, findings).readAll(each);
    }

    private void readAll(Consumer<Row> each) throws IOException {
        var bytes = new ByteArrayOutputStream();
        boolean more = true;
        while (more) {
            bytes.reset();
            line++;
            int next = in.read();
            boolean tooLong = false;
            while (next >= 0 && next != '\n') {
                tooLong = tooLong || bytes.size() == LONGEST_LINE;
                if (!tooLong) {
                    bytes.write(next);
                }
                next = in.read();
            }
            more = next >= 0;
            if (tooLong) {
                error("line_too_long", "has more than " + LONGEST_LINE + " bytes");
            } else {
                take(bytes.toByteArray(), each);
            }
        }
    }

    private void take(byte[] bytes, Consumer<Row> each) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String json = line == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
            if (json.isBlank()) {
                return;
            }
            JsonNode node = MAPPER.readTree(json);
            if (!node.isObject()) {
                error("not_json", "is no JSON object");
                return;
            }
            Map<String, JsonNode> fields = new LinkedHashMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            each.accept(new Row(line, fields));
        } catch (CharacterCodingException e) {
            error("not_utf8", "is not UTF-8");
        } catch (JsonProcessingException e) {
            error("not_json", "is no JSON object");
        }
    }

    private void error(String code, String message) {
        findings.add(Severity.ERROR, code, message, line);
    }
}
