package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.events.RealBroker;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(AdapterHome.class)
@QuarkusTestResource(RealBroker.class)
class AdaptersAreKeptInATopicTest extends AdaptersOverHttp {
    @Test
    void theListSaysWhereTheyAreKept() throws Exception {
        assertThat(json("/v1/adapters").path("kept_in").asText()).isEqualTo("topic graft.adapters");
        assertThat(json("/v1/adapters").path("read").asBoolean()).isTrue();
    }

    @Test
    void theListSaysWhatWouldBeTaken() throws Exception {
        JsonNode list = json("/v1/adapters");
        assertThat(list.path("base_sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(list.path("rank").asInt()).isEqualTo(64);
        assertThat(list.path("changes").asBoolean()).isTrue();
    }

    @Test
    void theTimeFromRecordToLoadedIsMeasured() throws Exception {
        double before = http.meter("graft_adapters_record_to_loaded_seconds_count");
        ok(register(newName(), made(1), ""));
        assertThat(http.meter("graft_adapters_record_to_loaded_seconds_count")).isGreaterThan(before);
        await().until(() -> http.meter("graft_adapters_registry_lag") == 0);
    }
}
