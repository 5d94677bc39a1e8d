package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipes;
import dev.graft.training.settings.SettingsOf;
import dev.graft.training.settings.TrainingSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A tiny model, whose adapters of a high rank need much more memory than those of a low one. */
class JobsGetMemoryInTurnsTest {
    private static final Path MODEL = Path.of("../model/src/test/resources/adapter/base.gguf");
    private static final List<TokenizedExample> EXAMPLES =
            List.of(new TokenizedExample(new int[] {1, 2, 3, 4, 5}, 3), new TokenizedExample(new int[] {1, 5, 4}, 2));
    private static final Recipe LITTLE = recipe(1);
    private static final Recipe MUCH = recipe(512);

    /** A job that is opened on a thread of its own, told why it waits, and gives up once it is unwanted. */
    private static final class Opening implements Consumer<Fault> {
        private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        private final CompletableFuture<Learner> opened = new CompletableFuture<>();
        private volatile boolean unwanted;

        Opening(NetworkLearners learners, Recipe recipe) {
            Thread.ofVirtual().start(() -> {
                try {
                    opened.complete(open(learners, recipe, this));
                } catch (InterruptedException | RuntimeException e) {
                    opened.completeExceptionally(e);
                }
            });
        }

        @Override
        public void accept(Fault reason) {
            reasons.add(reason.remedy());
            if (unwanted) {
                throw new InterruptedRunException(Interruption.CANCEL);
            }
        }

        String reason() throws InterruptedException {
            return String.valueOf(reasons.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void oneThatNeedsLittleDoesNotOvertakeOneThatNeedsMuch()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        long file = Files.size(MODEL);
        NetworkLearners learners = learners(least(LITTLE) + least(MUCH) - file - 1);
        try (Learner first = open(learners, LITTLE, nobody -> {})) {
            var much = new Opening(learners, MUCH);
            assertThat(much.reason()).contains("other jobs have");
            var little = new Opening(learners, LITTLE);
            assertThat(little.reason()).isEqualTo("another job is before this one");

            much.unwanted = true;
            try (Learner overtaking = little.opened.get(30, TimeUnit.SECONDS)) {
                assertThat(much.opened).isCompletedExceptionally();
                assertThat(overtaking.expectedBytes()).isGreaterThan(first.expectedBytes());
            }
        }
    }

    @Test
    void oneThatWaitsBeginsWhenTheOtherEnds() throws InterruptedException, ExecutionException, TimeoutException {
        NetworkLearners learners = learners(least(MUCH));
        Opening second;
        try (Learner first = open(learners, MUCH, nobody -> {})) {
            second = new Opening(learners, MUCH);
            assertThat(second.reason()).contains("of the " + least(MUCH) + " of graft.training.memory other jobs have");
            assertThat(second.opened).isNotDone();
            assertThat(first.step().step()).isEqualTo(1);
        }
        try (Learner opened = second.opened.get(30, TimeUnit.SECONDS)) {
            assertThat(opened.step().step()).isEqualTo(1);
        }
    }

    /** The least that it takes, as it is told where there is none. */
    private static long least(Recipe recipe) {
        FaultException thrown =
                catchThrowableOfType(FaultException.class, () -> open(learners(1), recipe, nobody -> {}));
        return Long.parseLong(thrown.fault().remedy().replaceAll("\\D*(\\d+).*", "$1"));
    }

    private static NetworkLearners learners(long memory) {
        TrainingSettings settings = SettingsOf.these(
                Map.of("graft.model.file", MODEL.toString(), "graft.training.memory", Long.toString(memory)));
        return new NetworkLearners(settings, new BaseModel(settings));
    }

    private static Learner open(NetworkLearners learners, Recipe recipe, Consumer<Fault> waiting)
            throws InterruptedException {
        return learners.open(recipe, 1, EXAMPLES, List.of(), waiting);
    }

    private static Recipe recipe(int rank) {
        return Recipes.of(EventJson.read(
                ("{\"steps\":2,\"batchExamples\":2,\"precision\":\"fp32\",\"rank\":" + rank + "}")
                        .getBytes(StandardCharsets.UTF_8),
                TrainingRecipe.class));
    }
}
