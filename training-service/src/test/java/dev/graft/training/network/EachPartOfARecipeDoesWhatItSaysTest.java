package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipe.Batch;
import dev.graft.training.recipe.Recipe.Length;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the tiny model, held against what PEFT's and Hugging Face's definitions say must be equal. */
class EachPartOfARecipeDoesWhatItSaysTest {
    /** The loss is the mean over the step's learned tokens, whatever batches they came in. */
    @Test
    void batchesThatAreAddedUpAreOneBatch() throws IOException {
        assertSame(
                gradients(recipe(8, false, 1, 1, new Batch.Examples(8))),
                gradients(recipe(8, false, 1, 4, new Batch.Examples(2))));
    }

    /** What is left of an epoch is a step of its own, and the mean of what it has. */
    @Test
    void theLastBatchesOfAnEpochAreFewer() throws IOException {
        List<TokenizedExample> examples = TinyTraining.examples();
        int batch = examples.size() / 2 - 1;
        Recipe addedUp = recipe(8, false, 1, 2, new Batch.Examples(batch), new Length.Epochs(1));
        Recipe whole = recipe(8, false, 1, 1, new Batch.Examples(2 * batch), new Length.Epochs(1));

        var batches = new Batches(examples, addedUp);
        assertThat(batches.steps()).isEqualTo(2);
        assertThat(batches.step(0)).extracting(chosen -> chosen.length).containsExactly(batch, batch);
        assertThat(batches.step(1)).extracting(chosen -> chosen.length).containsExactly(examples.size() - 2 * batch);

        List<float[]> right = lastGradients(whole, examples);
        List<float[]> found = lastGradients(addedUp, examples);
        for (int i = 0; i < right.size(); i++) {
            assertThat(TinyTraining.error(found.get(i), right.get(i)))
                    .as("tensor %d", i)
                    .isLessThan(1e-3); // the weights of the second step differ by the digits of the first
        }
    }

    @Test
    void aBatchThatIsLargerThanTheDataIsAllOfIt() throws IOException {
        List<TokenizedExample> examples = TinyTraining.examples();
        Length epochs = new Length.Epochs(1);
        Recipe larger = recipe(8, false, 1, 1, new Batch.Examples(1000), epochs);
        assertThat(new Batches(examples, larger).steps()).isEqualTo(1);
        assertSame(
                lastGradients(recipe(8, false, 1, 1, new Batch.Examples(examples.size()), epochs), examples),
                lastGradients(larger, examples));
    }

    @Test
    void oneExampleIsEnough() throws IOException {
        TokenizedExample only = TinyTraining.examples().getFirst();
        Recipe recipe = recipe(8, false, 1, 1, new Batch.Examples(8), new Length.Epochs(5));
        try (Trainer trainer =
                Trainer.open(TinyTraining.MODEL, recipe, List.of(only), List.of(), TinyTraining.TWO_THREADS)) {
            assertThat(trainer.steps()).isEqualTo(5);
            double before = trainer.step().loss();
            for (int step = 1; step < 5; step++) {
                trainer.step();
            }
            assertThat(trainer.loss(List.of(only))).isLessThan(before);
        }
    }

    /** Of the last step, on the way to which all steps are done. */
    private static List<float[]> lastGradients(Recipe recipe, List<TokenizedExample> examples) throws IOException {
        try (Trainer trainer = TinyTraining.open(recipe, TinyTraining.TWO_THREADS, Packing.SHARED_PREFIX)) {
            for (int step = 0; step < new Batches(examples, recipe).steps(); step++) {
                trainer.step();
            }
            return TinyTraining.gradients(trainer);
        }
    }

    /** alpha / √r is what alpha √r / r is; r is 4. */
    @Test
    void rankStabilisedScalesByTheRoot() throws IOException {
        assertSame(
                gradients(recipe(8, true, 1, 1, new Batch.Examples(8))),
                gradients(recipe(16, false, 1, 1, new Batch.Examples(8))));
    }

    /** Without decay a first step of AdamW is the learning rate itself, up or down: B's is so many times A's. */
    @Test
    void loraPlusTeachesBFaster() throws IOException {
        List<float[]> usual = changes(recipe(8, false, 1, 1, new Batch.Examples(8)));
        List<float[]> faster = changes(recipe(8, false, 16, 1, new Batch.Examples(8)));
        for (int i = 0; i < usual.size(); i++) {
            boolean a = i % 2 == 0;
            float[] right = a ? usual.get(i) : times(16, usual.get(i));
            assertThat(TinyTraining.error(faster.get(i), right))
                    .as("tensor %d", i)
                    .isLessThan(1e-3);
        }
    }

    @Test
    void eachEpochSeesEachExampleOnceInBatchesOfSoManyTokens() throws IOException {
        List<TokenizedExample> examples = TinyTraining.examples();
        int most = 3 * examples.stream().mapToInt(e -> e.tokens().length).max().orElseThrow();
        var batches = new Batches(examples, recipe(8, false, 1, 1, new Batch.Tokens(most), new Length.Epochs(2)));

        List<Integer> seen = new ArrayList<>();
        for (int step = 0; step < batches.steps(); step++) {
            int[] batch = batches.step(step).getFirst();
            assertThat(Arrays.stream(batch)
                            .map(i -> examples.get(i).tokens().length)
                            .sum())
                    .isLessThanOrEqualTo(most);
            Arrays.stream(batch).forEach(seen::add);
        }

        List<Integer> first = seen.subList(0, examples.size());
        List<Integer> second = seen.subList(examples.size(), seen.size());
        assertThat(first).doesNotHaveDuplicates().hasSize(examples.size());
        assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
        assertThat(batches.steps()).isLessThanOrEqualTo(2 * examples.size() / 2);
    }

    @Test
    void anEndThatIsNeverReachedIsRefusedBeforeTheFirstStep() throws IOException {
        List<TokenizedExample> examples = TinyTraining.examples();
        var epochs = recipe(8, false, 1, 1, new Batch.Examples(8), new Length.Epochs(1_000_000));
        var steps = recipe(8, false, 1, 1_000_000, new Batch.Examples(8), new Length.Steps(1_000_000));
        List<TokenizedExample> many = new ArrayList<>();
        while (many.size() < 10_000) {
            many.addAll(examples);
        }

        assertThat(refused(many, epochs)).isEqualTo("n_epochs");
        assertThat(refused(many, steps)).isEqualTo("steps");
    }

    private static String refused(List<TokenizedExample> examples, Recipe recipe) {
        FaultException thrown = catchThrowableOfType(FaultException.class, () -> new Batches(examples, recipe));
        assertThat(thrown.fault().remedy()).contains(examples.size() + " examples", "at most 50000000");
        return thrown.fault().field();
    }

    private static void assertSame(List<float[]> right, List<float[]> found) {
        assertThat(found).hasSameSizeAs(right);
        for (int i = 0; i < right.size(); i++) {
            assertThat(TinyTraining.error(found.get(i), right.get(i)))
                    .as("tensor %d", i)
                    .isLessThan(1e-5);
        }
    }

    private static List<float[]> gradients(Recipe recipe) throws IOException {
        try (Trainer trainer = TinyTraining.open(recipe, TinyTraining.TWO_THREADS, Packing.SHARED_PREFIX)) {
            trainer.step();
            return TinyTraining.gradients(trainer);
        }
    }

    private static List<float[]> changes(Recipe recipe) throws IOException {
        try (Trainer trainer = TinyTraining.open(recipe, TinyTraining.TWO_THREADS, Packing.SHARED_PREFIX)) {
            List<float[]> before = TinyTraining.weights(trainer);
            trainer.step();
            List<float[]> after = TinyTraining.weights(trainer);
            for (int i = 0; i < after.size(); i++) {
                for (int at = 0; at < after.get(i).length; at++) {
                    after.get(i)[at] -= before.get(i)[at];
                }
            }
            return after;
        }
    }

    private static float[] times(float by, float[] numbers) {
        float[] scaled = numbers.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= by;
        }
        return scaled;
    }

    private static Recipe recipe(double alpha, boolean rankStabilised, double ratio, int accumulation, Batch batch) {
        return recipe(alpha, rankStabilised, ratio, accumulation, batch, new Length.Steps(1));
    }

    private static Recipe recipe(
            double alpha, boolean rankStabilised, double ratio, int accumulation, Batch batch, Length length) {
        Recipe usual = TinyTraining.RECIPE;
        return new Recipe(
                usual.rank(),
                alpha,
                0,
                usual.targets(),
                rankStabilised,
                ratio,
                usual.learningRate(),
                Recipe.Schedule.CONSTANT,
                0,
                0,
                0,
                accumulation,
                batch,
                length,
                usual.seed(),
                usual.precision());
    }
}
