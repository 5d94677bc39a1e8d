package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.training.checkpoint.Checkpoints;
import dev.graft.training.checkpoint.Progress;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real network learns what is wrong for the examples that it is measured on: after a few steps it only gets worse. */
class AnOverfittedTrainingStopsAtItsBestTest {
    private static final TrainingSettings SETTINGS = SettingsOf.these(Map.of());
    private static final int MANY_STEPS = 40;
    private static final int PATIENCE = 2;

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void theBestCheckpointIsExportedNotTheLast() throws IOException, InterruptedException {
        var stopped = new Measured();
        Progress end = train("stopped", MANY_STEPS, OptionalInt.of(PATIENCE), stopped);

        assertThat(end.step()).as("ends early").isLessThan(MANY_STEPS);
        assertThat(end.bestStep()).isEqualTo(end.step() - PATIENCE).isPositive();
        assertThat(stopped.losses).hasSize(end.step());
        TrainingEvent.Evaluation last = stopped.evaluations.getLast();
        assertThat(last.accuracy()).as("it says even, which one of four is").hasValue(0.25);
        assertThat(last.macroF1()).as("the mean of 2 / (2 + 3) and 0").hasValue(0.2);
        assertThat(end.bestLoss().orElseThrow())
                .isEqualTo(stopped.losses.stream().mapToDouble(l -> l).min().orElseThrow())
                .isEqualTo(stopped.losses.get(end.bestStep() - 1));

        Progress untilBest = train("until-best", end.bestStep(), OptionalInt.empty(), new Measured());
        assertThat(untilBest.bestStep()).isEqualTo(end.bestStep());
        assertThat(Files.mismatch(adapter("stopped"), adapter("until-best")))
                .as("the same as of a training that ends there")
                .isEqualTo(-1);
    }

    private Progress train(String name, int steps, OptionalInt patience, Measured log)
            throws IOException, InterruptedException {
        Dataset dataset = dataset();
        try (Learner learner = new NetworkLearners(SETTINGS, new BaseModel(SETTINGS))
                .open(recipe(steps), 2, dataset.training(), dataset.scored(), nobody -> {})) {
            var run = new TrainingRun(
                    new Attempt(new JobBook(), log, name, new Owner("worker", 1), () -> false),
                    learner,
                    dataset,
                    new Checkpoints(folder.resolve(name), 1, 1),
                    Rhythm.of(
                            new TrainingChecks(OptionalInt.of(1), patience, OptionalInt.empty()),
                            learner.steps(),
                            Duration.ofHours(1)),
                    RunWatch.NOBODY,
                    InstantSource.system());
            assertThat(run.run()).isEmpty();
            learner.writeAdapter(adapter(name));
            return run.progress();
        }
    }

    private Path adapter(String name) {
        return folder.resolve(name + ".gguf");
    }

    private Dataset dataset() throws IOException {
        var data = new TrainingData(
                file("training.jsonl", Collections.nCopies(12, "even")),
                Optional.of(file("validation.jsonl", List.of("odd", "odd", "odd", "even"))),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        var tokens = new ModelTokens(new BaseModel(SETTINGS).header(), 512);
        return new Datasets(files(), 100).read(data, tokens, 1, report -> {}).dataset();
    }

    private String file(String name, List<String> labels) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            lines.add("{\"input\":\"number " + i + "\",\"label\":\"" + labels.get(i) + "\"}");
        }
        byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return files().keep(new ByteArrayInputStream(content), name, "fine-tune")
                .id();
    }

    private DataFiles files() {
        return new DataFiles(folder.resolve("files"), 1 << 20);
    }

    /** Its rate stays the same, so that a step does not depend on how many there are. */
    private static Recipe recipe(int steps) {
        return Recipes.of(EventJson.read(
                ("{\"steps\":" + steps + ",\"batchExamples\":4,\"seed\":1,\"rank\":8,\"precision\":\"fp32\","
                                + "\"learningRate\":0.002,\"schedule\":\"constant\",\"warmUp\":0}")
                        .getBytes(StandardCharsets.UTF_8),
                TrainingRecipe.class));
    }

    /** Keeps each measurement's loss. */
    private static final class Measured implements JobLog {
        private final List<TrainingEvent.Evaluation> evaluations = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();

        @Override
        public long tell(TrainingEvent event) {
            mention(event);
            return 0;
        }

        @Override
        public void mention(TrainingEvent event) {
            if (event instanceof TrainingEvent.Evaluation evaluation) {
                evaluations.add(evaluation);
                losses.add(evaluation.loss());
            }
        }

        @Override
        public void queue(TrainingEvent.Queued event) {}

        @Override
        public void control(TrainingControl control) {}
    }
}
