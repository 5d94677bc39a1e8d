package dev.graft.cli.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.Json;
import org.junit.jupiter.api.Test;

class AdaptersAreShownInLinesTest {
    private static final String ADAPTER = """
            {"name": "reviews", "revision": 7, "live": 2, "labels": {"stable": 1}, "share": {"generation": 3, "percent": 10},
             "generations": [
              {"generation": 1, "state": "candidate", "here": {"state": "loaded"}, "rank": 16, "targets": ["q", "v"], "bytes": 2048,
               "source": "s3://adapters/1.gguf", "sha256": "aa", "lineage": {"job": "j-1"}, "created_at": "2026-11-24T17:00:00Z"},
              {"generation": 2, "state": "live", "here": {"state": "failed", "reason": "no such file"}, "rank": 16, "targets": ["q"],
               "bytes": 1, "source": "s3://adapters/2.gguf", "sha256": "bb", "lineage": {}, "created_at": "2026-11-24T18:00:00Z"}]}""";

    @Test
    void aListTellsWhatEachNameStandsFor() throws Exception {
        assertThat(AdapterTable.lines(
                        Json.read("{\"kept_in\": \"topic graft.adapters\", \"data\": [" + ADAPTER + "]}")))
                .singleElement()
                .asString()
                .contains("reviews", "@2 live, failed", "stable=@1", "10 % to @3");
    }

    @Test
    void anEmptyRegistryAndOneThatIsLostSaySo() throws Exception {
        assertThat(AdapterTable.lines(Json.read("{\"kept_in\": \"memory\", \"base\": \"small\", \"data\": []}")))
                .containsExactly("no adapters for small", "kept in memory only: gone when the service stops");
    }

    @Test
    void oneIsShownWithItsGenerationsAndWhyOneFailed() throws Exception {
        assertThat(String.join("\n", AdapterTable.whole(Json.read(ADAPTER))))
                .contains(
                        "reviews, revision 7",
                        "@1",
                        "rank 16 on q,v",
                        "2 KB",
                        "job j-1",
                        "s3://adapters/2.gguf",
                        "failed: no such file");
    }
}
