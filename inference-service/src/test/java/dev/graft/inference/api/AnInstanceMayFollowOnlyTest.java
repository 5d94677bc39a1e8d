package dev.graft.inference.api;

import static dev.graft.inference.api.AdaptersOverHttp.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(AdapterHome.OnlyFollowing.class)
class AnInstanceMayFollowOnlyTest {
    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @Test
    void itTakesNoChangesAndShowsWhatThereIs() throws Exception {
        var http = new Http(base, inference);
        for (String path : List.of(
                "/v1/adapters",
                "/v1/adapters/a/promote",
                "/v1/adapters/a/rollback",
                "/v1/adapters/a/retire",
                "/v1/load_lora_adapter",
                "/v1/unload_lora_adapter")) {
            assertRefused(http.post(path, "{\"generation\": 1}"), 403, "changes_not_allowed", "");
        }
        assertRefused(http.get("/v1/adapters/a/generations/1/file"), 403, "changes_not_allowed", "");
        assertThat(http.get("/v1/adapters").statusCode()).isEqualTo(200);
    }
}
