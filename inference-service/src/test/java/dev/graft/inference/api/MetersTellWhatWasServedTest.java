package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MetersTellWhatWasServedTest {
    private static final String OURS = "model=\"SmolLM2-135M-Instruct.Q4_1\"";

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @SuppressWarnings("NullAway.Init")
    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @Test
    void everyMeterThatTheReadmeNamesIsThere() throws Exception {
        http.post("/v1/completions", Http.writing(2, ""));
        String readme = Files.readString(Path.of("README.md"));
        int begin = readme.indexOf("\n## Meters\n");
        String section = readme.substring(begin, readme.indexOf("\n## ", begin + 1));
        String shown = http.get("/metrics").body();
        var names = Pattern.compile("`(graft_\\w+)`").matcher(section);
        int found = 0;
        while (names.find()) {
            assertThat(shown).containsPattern("(?m)^" + names.group(1) + "(_count)?[{ ]");
            found++;
        }
        assertThat(found).isGreaterThan(15);
    }

    @Test
    void aRequestCountsItsTokensItsTimesAndWhatItFoundInTheCache() throws Exception {
        String body = Http.writing(12, "").replace("Once", "It was a dark and stormy night. ".repeat(6) + "Once");
        http.post("/v1/completions", body); // what came twice is worth its cells
        int prompt = http.json("/v1/completions", body)
                .path("usage")
                .path("prompt_tokens")
                .asInt();
        double prompts = of("graft_prompt_tokens_total");
        double cached = of("graft_prompt_cached_tokens_total");
        double generated = of("graft_generation_tokens_total");
        double first = of("graft_time_to_first_token_seconds_count");
        double gaps = of("graft_inter_token_latency_seconds_count");
        double seconds = of("graft_request_time_seconds_sum");
        double queued = of("graft_queue_time_seconds_count");
        double hits = http.meter("graft_prefix_cache_hit_tokens_total");
        double ok = http.meter("graft_requests_total", "outcome=\"ok\"");

        http.post("/v1/completions", body);

        assertThat(of("graft_prompt_tokens_total") - prompts).isEqualTo(prompt);
        assertThat(of("graft_prompt_cached_tokens_total") - cached).isBetween(16.0, prompt - 1.0);
        assertThat(http.meter("graft_prefix_cache_hit_tokens_total") - hits).isBetween(16.0, prompt - 1.0);
        assertThat(of("graft_generation_tokens_total") - generated).isEqualTo(12);
        assertThat(of("graft_time_to_first_token_seconds_count") - first).isEqualTo(1);
        assertThat(of("graft_queue_time_seconds_count") - queued).isEqualTo(1);
        assertThat(of("graft_inter_token_latency_seconds_count") - gaps).isBetween(8.0, 11.0);
        assertThat(of("graft_request_time_seconds_sum")).isGreaterThan(seconds);
        assertThat(http.meter("graft_requests_total", "outcome=\"ok\"") - ok).isEqualTo(1);
        assertThat(http.meter("graft_kv_cells")).isEqualTo(16384);
        assertThat(http.meter("graft_kv_cells_used")).isBetween(16.0, 16384.0);
        assertThat(http.meter("graft_batch_tokens_max")).isGreaterThanOrEqualTo(1);
        assertThat(http.meter("graft_requests_running")).isZero();
    }

    /** Its choices come side by side: what lies between texts of different ones is no time between tokens. */
    @Test
    void timeBetweenTokensIsWithinOneChoice() throws Exception {
        double gaps = of("graft_inter_token_latency_seconds_count");

        http.post("/v1/completions", Http.writing(5, ", \"n\": 3"));

        assertThat(of("graft_inter_token_latency_seconds_count") - gaps).isBetween(6.0, 12.0);
    }

    @Test
    void allOfThemTellTheModelAndTokensTellTheirAdapter() throws Exception {
        http.post("/v1/completions", Http.writing(2, ""));

        assertThat(http.get("/metrics").body().lines())
                .filteredOn(line -> line.startsWith("graft_"))
                .isNotEmpty()
                .allMatch(line -> line.contains(OURS));
        for (String tokens : List.of("prefill_tokens", "decode_tokens", "prefix_cache_miss_tokens", "requests")) {
            assertThat(http.meter("graft_" + tokens + "_total", OURS, "adapter=\"\"", "generation=\"0\""))
                    .as(tokens)
                    .isPositive();
        }
    }

    private double of(String name) throws Exception {
        return http.meter(name, OURS);
    }
}
