package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.contracts.TrainingRequest;
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
import dev.graft.training.store.DurableFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real network on the real model. */
class AnInterruptedRunEndsInTheSameAdapterTest {
    private static final TrainingSettings SETTINGS = SettingsOf.these(Map.of());
    private static final int STEPS = 6;
    private static final int NEVER = STEPS + 1;

    @TempDir
    Path folder = Path.of("unset");

    private final JobBook book = new JobBook();
    private final Map<String, Integer> lives = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private IntConsumer afterStep = step -> {};
    private long position;
    private int exported;

    @Test
    void savedAndGoneOnWithItEndsOnTheSameCurve() throws IOException, InterruptedException {
        Map<Integer, Double> whole = trained("whole", NEVER);
        Map<Integer, Double> resumed = trained("resumed", 2);

        assertThat(resumed).isEqualTo(whole).hasSize(STEPS);
        assertThat(Files.mismatch(adapter("whole"), adapter("resumed"))).isEqualTo(-1);
    }

    @Test
    void withATornCheckpointItGoesOnFromTheOneBefore() throws IOException, InterruptedException {
        Map<Integer, Double> whole = trained("whole", NEVER);
        live("torn", 4, new TreeMap<>());
        Path newest = folder.resolve("torn/attempt-000001/step-00000004/trainer.state");
        Files.write(newest, new byte[] {1, 2, 3});
        Map<Integer, Double> again = new TreeMap<>();
        live("torn", NEVER, again);

        assertThat(again.keySet())
                .as("the best, of step 3, is the newest that is whole")
                .containsExactly(4, 5, 6);
        assertThat(again.get(STEPS)).isEqualTo(whole.get(STEPS));
        assertThat(Files.mismatch(adapter("whole"), adapter("torn"))).isEqualTo(-1);
    }

    @Test
    void aWorkerThatLostTheJobInTheMidstOfAStepSavesNothingMore() throws IOException, InterruptedException {
        afterStep = step -> {
            if (step == 4) {
                tell(new TrainingEvent.Validating("lost", Instant.EPOCH, "other", 2));
            }
        };
        assertThatThrownBy(() -> live("lost", NEVER, new TreeMap<>()))
                .isInstanceOfSatisfying(
                        InterruptedRunException.class, e -> assertThat(e.why()).isEqualTo(Interruption.LOST));

        assertThat(new Checkpoints(folder.resolve("lost"), 1, 3).steps())
                .as("the state after step 4 was due")
                .containsExactly(3, 2);
    }

    @Test
    void aJobThatEndedElsewhereIsTrainedNoFurther() throws IOException, InterruptedException {
        Map<Integer, Double> losses = new TreeMap<>();
        afterStep = step -> {
            if (step == 1) {
                tell(new TrainingEvent.Failed("ended", Instant.EPOCH, 1, Fault.internal("elsewhere", "it failed")));
            }
        };

        assertThat(live("ended", NEVER, losses)).contains(Interruption.LOST);
        assertThat(losses).hasSize(1);
    }

    @Test
    void aStateThatCanNotBeSavedIsAWarningAndTheNextOneIsSaved() throws IOException, InterruptedException {
        Path place = folder.resolve("full");
        afterStep = step -> {
            try {
                if (step == 2) {
                    DurableFiles.deleteFolder(place);
                    Files.writeString(place, "a file where the folder was");
                } else if (step == 3) {
                    Files.delete(place);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        Map<Integer, Double> losses = new TreeMap<>();

        assertThat(live("full", NEVER, losses)).isEmpty();
        assertThat(losses).hasSize(STEPS);
        assertThat(told).singleElement().asString().contains("after step 2 could not be saved");
        assertThat(new Checkpoints(place, 1, 3).steps()).contains(4);
    }

    @Test
    void ofALostBestStateItIsSaidWhatIsExportedInItsPlace() throws IOException, InterruptedException {
        live("best", 4, new TreeMap<>());
        var doctored = new Checkpoints(folder.resolve("best"), lives.merge("best", 1, Integer::sum), 3);
        doctored.takeOver();
        Path state = doctored.at(4).orElseThrow().state();
        Path copy = Files.copy(state, folder.resolve("state"));
        doctored.save(file -> Files.copy(copy, file), 1, new Progress(4, 100, 3, OptionalDouble.of(1e-9), 3, 0));
        DurableFiles.deleteFolder(folder.resolve("best/attempt-000002/step-00000003"));

        assertThat(live("best", NEVER, new TreeMap<>())).isEmpty();
        assertThat(exported).isEqualTo(STEPS);
        assertThat(warnings).singleElement().asString().contains("of step 3", "that of step " + STEPS);
    }

    /** Each step's loss; every life ends after so many steps. */
    private Map<Integer, Double> trained(String name, int stepsOfALife) throws IOException, InterruptedException {
        Map<Integer, Double> losses = new TreeMap<>();
        while (live(name, stepsOfALife, losses).isPresent()) {
            assertThat(losses).hasSizeLessThan(STEPS + 1);
        }
        return losses;
    }

    private Optional<Interruption> live(String name, int steps, Map<Integer, Double> losses)
            throws IOException, InterruptedException {
        Dataset dataset = dataset();
        try (Learner learner = new NetworkLearners(SETTINGS, new BaseModel(SETTINGS))
                .open(recipe(), 2, dataset.training(), dataset.scored(), nobody -> {})) {
            int[] asked = {0};
            int number = lives.merge(name, 1, Integer::sum);
            taken(name, number);
            var notes = new Notes(losses);
            var run = new TrainingRun(
                    new Attempt(book, notes, name, new Owner("worker", number), () -> asked[0]++ >= steps),
                    learner,
                    dataset,
                    new Checkpoints(folder.resolve(name), number, 3),
                    Rhythm.of(
                            new TrainingChecks(OptionalInt.of(3), OptionalInt.empty(), OptionalInt.of(2)),
                            learner.steps(),
                            Duration.ofHours(1)),
                    RunWatch.NOBODY,
                    InstantSource.system());
            run.restore();
            Optional<Interruption> interruption = run.run();
            if (interruption.isEmpty()) {
                learner.writeAdapter(adapter(name));
            }
            exported = run.exported();
            warnings.addAll(run.warnings());
            return interruption;
        }
    }

    /** Has the next attempt begin. */
    private void taken(String name, int number) {
        if (book.find(name).isEmpty()) {
            tell(new TrainingEvent.Queued(name, Instant.EPOCH, request(name), 0));
        }
        tell(new TrainingEvent.Validating(name, Instant.EPOCH, "worker", number));
    }

    private void tell(TrainingEvent event) {
        book.record(new RecordedEvent(position++, event));
    }

    private static TrainingRequest request(String id) {
        var data = new TrainingData(
                "file-1",
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new TrainingRequest(id, "reviews", Optional.empty(), data, Optional.empty(), Optional.empty(), Map.of());
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
    private final class Notes implements JobLog {
        private final Map<Integer, Double> losses;

        Notes(Map<Integer, Double> losses) {
            this.losses = losses;
        }

        @Override
        public long tell(TrainingEvent event) {
            mention(event);
            return 0;
        }

        @Override
        public void mention(TrainingEvent event) {
            if (event instanceof TrainingEvent.Step step) {
                losses.put(step.step(), step.loss());
                told.addAll(step.warnings());
                afterStep.accept(step.step());
            }
        }

        @Override
        public void queue(TrainingEvent.Queued event) {}

        @Override
        public void control(TrainingControl control) {}
    }
}
