package dev.graft.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.model.Fetched;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Goldens by jinja2 under Hugging Face's settings; src/test/python/chat_goldens.py makes them. */
class ChatTextsEqualJinja2Test {
    private static final Path CHAT = Path.of("src/test/resources/chat");

    private final JsonNode goldens =
            new ObjectMapper().readTree(CHAT.resolve("goldens.json").toFile());

    ChatTextsEqualJinja2Test() throws IOException {}

    @TestFactory
    Stream<DynamicTest> everyTemplateWritesEveryConversationAsJinja2Does() {
        return stream(goldens.get("goldens"))
                .map(golden -> dynamicTest(golden.get("template").asText(), () -> check(golden)));
    }

    private void check(JsonNode golden) throws IOException {
        ChatTemplate template = ChatTemplate.of(
                source(golden.get("template").asText()),
                golden.get("bos").asText(),
                golden.get("eos").asText(),
                Clock.fixed(
                        LocalDateTime.parse(goldens.get("now").asText()).toInstant(ZoneOffset.UTC), ZoneOffset.UTC));
        for (JsonNode each : golden.get("cases")) {
            List<ChatTurn> turns = conversation(each.get("conversation").asText());
            boolean generation = each.get("generation").asBoolean();
            if (each.has("error")) {
                assertThatThrownBy(() -> template.text(turns, generation))
                        .as("%s", each)
                        .isInstanceOf(ChatTemplateException.class)
                        .hasMessageContaining(each.get("error").asText());
            } else {
                String text = template.text(turns, generation);
                assertGolden(each, text);
                assertThat(joined(template.render(turns, generation))).isEqualTo(text);
            }
        }
    }

    private static void assertGolden(JsonNode golden, String text) {
        if (golden.has("text")) {
            assertThat(text)
                    .as("%s", golden.get("conversation"))
                    .isEqualTo(golden.get("text").asText());
        } else {
            assertThat(sha256(text))
                    .as("%s gave <%s>", golden, text)
                    .isEqualTo(golden.get("sha256").asText());
        }
    }

    private static String joined(List<Segment> segments) {
        return segments.stream().map(Segment::text).collect(Collectors.joining());
    }

    private List<ChatTurn> conversation(String name) {
        return stream(goldens.get("conversations"))
                .filter(each -> each.get("name").asText().equals(name))
                .flatMap(each -> stream(each.get("turns")))
                .map(turn -> new ChatTurn(
                        turn.get("role").asText(), turn.get("content").asText()))
                .toList();
    }

    private static String source(String template) throws IOException {
        if (template.equals("SmolLM2")) {
            return GgufFile.read(Fetched.smolLm())
                    .text("tokenizer.chat_template")
                    .orElseThrow();
        }
        Path own = CHAT.resolve(template);
        return Files.readString(
                Files.exists(own)
                        ? own
                        : Fetched.llamaModels().resolve("templates").resolve(template));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
