package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.training.checkpoint.Checkpoints;
import dev.graft.training.dataset.DataFiles;
import dev.graft.training.dataset.Dataset;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.dataset.ModelTokens;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipes;
import dev.graft.training.settings.SettingsOf;
import dev.graft.training.settings.TrainingSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real network on the real model. */
class AnInterruptedRunEndsInTheSameAdapterTest {
    private static final TrainingSettings SETTINGS = SettingsOf.these(Map.of());
    private static final int STEPS = 6;
    private static final int NEVER = STEPS + 1;

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void savedAndGoneOnWithItEndsOnTheSameCurve() throws IOException {
        Map<Integer, Double> whole = trained("whole", NEVER);
        Map<Integer, Double> resumed = trained("resumed", 2);

        assertThat(resumed).isEqualTo(whole).hasSize(STEPS);
        assertThat(Files.mismatch(adapter("whole"), adapter("resumed"))).isEqualTo(-1);
    }

    @Test
    void withATornCheckpointItGoesOnFromTheOneBefore() throws IOException {
        Map<Integer, Double> whole = trained("whole", NEVER);
        live("torn", 4, new TreeMap<>());
        Path newest = folder.resolve("torn/step-00000004/trainer.state");
        Files.write(newest, new byte[] {1, 2, 3});
        Map<Integer, Double> again = new TreeMap<>();
        live("torn", NEVER, again);

        assertThat(again.keySet())
                .as("the best, of step 3, is the newest that is whole")
                .containsExactly(4, 5, 6);
        assertThat(again.get(STEPS)).isEqualTo(whole.get(STEPS));
        assertThat(Files.mismatch(adapter("whole"), adapter("torn"))).isEqualTo(-1);
    }

    /** Each step's loss; every life ends after so many steps. */
    private Map<Integer, Double> trained(String name, int stepsOfALife) throws IOException {
        Map<Integer, Double> losses = new TreeMap<>();
        while (live(name, stepsOfALife, losses).isPresent()) {
            assertThat(losses).hasSizeLessThan(STEPS + 1);
        }
        return losses;
    }

    private Optional<Interruption> live(String name, int steps, Map<Integer, Double> losses) throws IOException {
        Dataset dataset = dataset();
        var log = new Notes(losses);
        try (Learner learner = new NetworkLearners(SETTINGS, new BaseModel(SETTINGS))
                .open(recipe(), dataset.training(), dataset.scored())) {
            int[] asked = {0};
            var run = new TrainingRun(
                    name,
                    learner,
                    dataset,
                    new Checkpoints(folder.resolve(name), 3),
                    Rhythm.of(
                            new TrainingChecks(OptionalInt.of(3), OptionalInt.empty(), OptionalInt.of(2)),
                            learner.steps(),
                            Duration.ofHours(1)),
                    log,
                    RunWatch.NOBODY,
                    InstantSource.system(),
                    () -> asked[0]++ < steps ? Optional.empty() : Optional.of(Interruption.GIVE_BACK));
            run.restore();
            Optional<Interruption> interruption = run.run();
            if (interruption.isEmpty()) {
                learner.writeAdapter(adapter(name));
            }
            return interruption;
        }
    }

    private Path adapter(String name) {
        return folder.resolve(name + ".gguf");
    }

    private Dataset dataset() throws IOException {
        var files = new DataFiles(folder.resolve("files"), 1 << 20);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            lines.add("{\"input\":\"number " + i + "\",\"label\":\"" + (i % 2 == 0 ? "even" : "odd") + "\"}");
        }
        byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        String id = files.keep(new ByteArrayInputStream(content), "data.jsonl", "fine-tune")
                .id();
        var data = new TrainingData(
                id, Optional.empty(), OptionalDouble.of(0.25), Optional.empty(), Optional.empty(), Optional.empty());
        var tokens = new ModelTokens(new BaseModel(SETTINGS).header(), 512);
        return new Datasets(files, 100).read(data, tokens, 1, report -> {}).dataset();
    }

    private static Recipe recipe() {
        return Recipes.of(EventJson.read(
                ("{\"steps\":" + STEPS + ",\"batchExamples\":2,\"seed\":1,\"rank\":4,\"precision\":\"fp32\"}")
                        .getBytes(StandardCharsets.UTF_8),
                TrainingRecipe.class));
    }

    /** Keeps what is told of steps. */
    private record Notes(Map<Integer, Double> losses) implements JobLog {
        @Override
        public void tell(TrainingEvent event) {
            mention(event);
        }

        @Override
        public void mention(TrainingEvent event) {
            if (event instanceof TrainingEvent.Step step) {
                losses.put(step.step(), step.loss());
            }
        }

        @Override
        public void queue(TrainingEvent.Queued event) {}

        @Override
        public void control(TrainingControl control) {}
    }
}
