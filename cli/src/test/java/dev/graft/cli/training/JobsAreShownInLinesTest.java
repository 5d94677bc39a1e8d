package dev.graft.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JobsAreShownInLinesTest {
    @Test
    void aJobsMemoryAndWhatServesItsAdapterAreShown() throws IOException {
        JsonNode job = Json.read("""
                {"id": "ftjob-1", "status": "succeeded", "suffix": "reviews", "training_file": "file-1",
                 "hyperparameters": {}, "memory": {"estimated_bytes": 524288000, "used_bytes": 503316480},
                 "serving_agreement": {"examples": 32, "tokens": 64, "same_likeliest": 0.984375, "mean_divergence": 0.0031}}
                """);

        assertThat(JobTable.whole(job, Json.read("{\"data\": []}")))
                .contains(
                        "  memory: 500 MiB estimated, 480 MiB used",
                        "  served and trained agree: the same token is likeliest at 98.4 % of 64 places, mean KL 3.1e-03");
    }

    @Test
    void aJobOfWhichThatIsNotKnownIsShownWithoutIt() throws IOException {
        JsonNode job = Json.read("{\"id\": \"ftjob-1\", \"status\": \"queued\", \"memory\": {}}");

        assertThat(JobTable.whole(job, Json.read("{\"data\": []}"))).noneMatch(line -> line.contains("memory"));
    }

    @Test
    void aReportShowsCountsLabelsLengthsAndWhatIsOddWithItsLines() throws IOException {
        JsonNode report = Json.read("""
                {"training": {"examples": 5, "labels": {"bad": 3, "good": 2},
                  "lengths": {"shortest": 9, "median": 12, "p95": 30, "longest": 2048, "total": 2100, "learned": 10},
                  "cutExamples": 1, "cutTokens": 900,
                  "findings": [{"severity": "ERROR", "code": "empty_field", "message": "has an empty field text", "count": 1, "lines": [6]},
                               {"severity": "WARNING", "code": "duplicate", "message": "repeats an earlier example", "count": 3, "lines": [4, 5], "others": [1, 2]}]}}
                """);

        assertThat(DatasetLines.of(report))
                .containsExactly(
                        "training file: 5 examples",
                        "  tokens: 2100 in all, 10 learned; shortest 9, median 12, 95 % at most 30, longest 2048",
                        "  label bad: 3",
                        "  label good: 2",
                        "  cut: 1 examples lose 900 tokens",
                        "  error: has an empty field text: line 6",
                        "  warning: repeats an earlier example: lines 4 (see 1), 5 (see 2) and 1 more");
        assertThat(DatasetLines.refused(report)).isTrue();
    }
}
