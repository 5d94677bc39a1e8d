package dev.graft.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AsyncApiNamesWhatTheServicesUseTest {
    private static JsonNode api = new com.fasterxml.jackson.databind.ObjectMapper().nullNode();

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = AsyncApiNamesWhatTheServicesUseTest.class.getResourceAsStream("/asyncapi.yaml")) {
            api = new YAMLMapper().readTree(in);
        }
    }

    @Test
    void itsAddressesAreTheTopicsThatAreCreated() {
        Set<String> planned = TopicPlan.ALL.stream().map(TopicPlan::name).collect(Collectors.toSet());

        assertThat(api.get("channels").findValuesAsText("address")).containsExactlyInAnyOrderElementsOf(planned);
    }

    @Test
    void everyNamedTopicIsCreated() throws IllegalAccessException {
        Set<String> planned = TopicPlan.ALL.stream().map(TopicPlan::name).collect(Collectors.toSet());
        for (var field : Topics.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                assertThat(planned).contains((String) field.get(null));
            }
        }
    }

    @Test
    void everyChannelTellsItsKeyAndItsRepeatRule() {
        api.get("channels")
                .forEach(channel ->
                        assertThat(channel.get("description").asText()).contains("Key: ", "Repeat rule: "));
    }

    @Test
    void itsMessagesAreTheEventsWithTheirTypesAndSchemas() {
        Set<String> types = new HashSet<>();
        api.get("components")
                .get("messages")
                .forEach(message -> types.add(message.get("name").asText()));
        Set<String> written = EventsFollowTheirSchemasTest.EVENTS.stream()
                .map(CloudEventHeaders::typeOf)
                .collect(Collectors.toSet());
        assertThat(types).containsAll(written);

        api.get("components").get("messages").findValues("payload").stream()
                .filter(payload -> payload.has("$ref"))
                .forEach(payload -> assertThat(
                                getClass().getResource("/" + payload.get("$ref").asText()))
                        .isNotNull());
    }

    @Test
    void itsHeadersAreThoseThatAreWritten() {
        Set<String> described = new HashSet<>();
        api.at("/components/schemas/headers/properties").fieldNames().forEachRemaining(described::add);
        var written = CloudEventHeaders.of("1", "t", "/s", "sub", Instant.EPOCH);

        assertThat(described).containsAll(written.keySet()).contains(CloudEventHeaders.TRACE_PARENT);
        assertThat(new String(written.get("ce_time"), StandardCharsets.UTF_8)).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(Arrays.asList("ce_id", "ce_type", "ce_source", "ce_specversion"))
                .allMatch(written::containsKey);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        for (String reference : api.findValuesAsText("$ref")) {
            if (reference.startsWith("#")) {
                assertThat(api.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse();
            }
        }
    }
}
