package dev.graft.bench.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Results RESULTS = new Results(
            "2026-11-24T18:00:00Z",
            "a processor",
            "abc",
            List.of(Goal.C8_TOKENS_PER_S.against(520, 400), Goal.C1_TTFT.against(51, 50), Goal.READY_MS.alone(3999)));

    @Test
    void theJsonHasTheShapeThatEveryBenchmarkWrites(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("deeper/results.json");
        RESULTS.writeTo(file);
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.fieldNames()).toIterable().containsExactly("date", "cpu", "commit", "rows");
        JsonNode row = json.get("rows").get(0);
        assertThat(row.fieldNames())
                .toIterable()
                .containsExactly("name", "graft", "peer", "ratio", "goal", "better", "reached");
        assertThat(row.toString())
                .isEqualTo("{\"name\":\"c8_tokens_per_s\",\"graft\":520.0,\"peer\":400.0,\"ratio\":1.3,\"goal\":1.2,"
                        + "\"better\":\"higher\",\"reached\":true}");
        assertThat(json.get("rows").get(1).get("reached").asBoolean())
                .as("51 ms against 50 ms")
                .isFalse();
        assertThat(json.get("rows").get(2).toString())
                .isEqualTo("{\"name\":\"ready_ms\",\"graft\":3999.0,\"peer\":null,\"ratio\":null,\"goal\":4000.0,"
                        + "\"better\":\"lower\",\"reached\":true}");
    }

    @Test
    void theRowsAreNamedInTheOrderOfTheirTable() {
        assertThat(Arrays.stream(Goal.values()).map(Goal::rowName))
                .containsExactly(
                        "c1_tokens_per_s",
                        "c1_ttft",
                        "c8_tokens_per_s",
                        "c8_ttft_p50",
                        "c8_itl_p95",
                        "c8_shared_prefix_requests_per_s",
                        "c8_classify_requests_per_s",
                        "c32_mixed_itl_p95",
                        "busy_tokens_per_s",
                        "kafka_overhead_p50_ms",
                        "kafka_overhead_p99_ms",
                        "ready_ms",
                        "overhead_mb");
        assertThat(Arrays.stream(AdapterGoal.values()).map(AdapterGoal::rowName))
                .containsExactly(
                        "mixed8_qv_step",
                        "mixed8_all_step",
                        "mixed8_all_q8_step",
                        "mixed32_qv_step",
                        "base_only_step",
                        "c8_adapters_tokens_per_s",
                        "zipf64_requests_per_s",
                        "registered_to_served_p95_ms",
                        "itl_p95_while_loading");
    }

    @Test
    void anAdaptersRowHasTheShapeOfAnyOther() {
        assertThat(AdapterGoal.MIXED8_QV_STEP.against(10.5, 10))
                .isEqualTo(new Row(
                        "mixed8_qv_step",
                        10.5,
                        OptionalDouble.of(10),
                        OptionalDouble.of(1.05),
                        1.05,
                        Better.LOWER,
                        true));
        assertThat(AdapterGoal.C8_ADAPTERS_TOKENS_PER_S.against(299, 100).reached())
                .isFalse();
        assertThat(AdapterGoal.REGISTERED_TO_SERVED_P95_MS.alone(1000).reached())
                .isTrue();
        assertThatThrownBy(() -> AdapterGoal.REGISTERED_TO_SERVED_P95_MS.against(1, 2))
                .hasMessageContaining("registered_to_served_p95_ms");
    }

    @Test
    void theTableSaysWhatIsMissed() {
        assertThat(RESULTS.table().lines().filter(line -> line.contains("MISSED")))
                .singleElement()
                .asString()
                .startsWith("c1_ttft")
                .contains("1.02");
    }

    @Test
    void aFigureIsWrittenToTheDigitsThatSaySomething() {
        assertThat(Results.plain(1512.3)).isEqualTo("1512");
        assertThat(Results.plain(1.024)).isEqualTo("1.02");
        assertThat(Results.plain(0.000_234)).isEqualTo("2.3e-04");
        assertThat(Results.plain(0)).isEqualTo("0.00");
    }

    @Test
    void aFigureThatCannotBeHeldAgainstItsGoalIsRefused() {
        assertThatThrownBy(() -> Goal.READY_MS.against(1, 2)).hasMessageContaining("ready_ms");
        assertThatThrownBy(() -> Goal.C1_TTFT.alone(1)).hasMessageContaining("c1_ttft");
        assertThat(Goal.C1_TTFT.against(Double.NaN, 1).reached()).isFalse();
    }
}
