package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(AdapterHome.WithoutKafka.class)
class AdaptersAreKeptInMemoryWithoutKafkaTest extends AdaptersOverHttp {
    @Test
    void theListSaysThatTheyAreLostWithTheProcess() throws Exception {
        assertThat(json("/v1/adapters").path("kept_in").asText()).isEqualTo("memory");
    }
}
