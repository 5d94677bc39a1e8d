package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.adapter.MadeAdapter;
import dev.graft.inference.adapter.files.Sha256;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** And all else is as where they are mixed. */
@QuarkusTest
@TestProfile(AdapterHome.NotMixing.class)
class WhereAdaptersAreNotMixedEachHasDecodesOfItsOwnTest extends AdaptersOverHttp {
    @Test
    @Override
    void readinessTellsOfTheAdapters() throws Exception {
        JsonNode checks = json("/health/ready").path("checks");
        assertThat(checks.findValuesAsText("adapters"))
                .containsExactly("one decode for each: graft.adapters.mixing is false");
        assertThat(http.meter("graft_adapters_mixed")).isZero();
    }

    @Test
    void answersThatRunTogetherAreThoseThatEachWouldGetAlone() throws Exception {
        List<String> models = new ArrayList<>(List.of(BASE));
        for (int seed = 1; seed <= 3; seed++) {
            String name = newName();
            ok(register(name, marked(seed), ""));
            models.add(name);
        }
        List<String> alone = new ArrayList<>();
        for (String model : models) {
            alone.add(text(model));
        }
        List<Callable<String>> asks = models.stream()
                .<Callable<String>>map(model -> () -> text(model))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> together = threads.invokeAll(asks);
            for (int i = 0; i < alone.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i));
            }
        }
        assertThat(alone).doesNotHaveDuplicates();
    }

    /** One whose texts are its own. */
    private static MadeAdapter marked(int seed) throws IOException {
        Path file = Files.createDirectories(AdapterHome.SHARED).resolve("marked-" + seed + ".gguf");
        new RandomAdapter(Set.of(Target.Q, Target.V), 4, 8, 0.05, seed).writeTo(file, facts());
        return new MadeAdapter(file, Sha256.of(file));
    }

    private String text(String model) throws Exception {
        return ok(http.post("/v1/completions", Http.writing(24, ", \"model\": \"" + model + "\"")))
                .path("choices")
                .path(0)
                .path("text")
                .asText();
    }
}
