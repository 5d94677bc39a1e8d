package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.contracts.FaultException;
import dev.graft.lora.CpuKernels;
import dev.graft.lora.Kernels;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On the same weights, examples and order as PEFT: see {@link TinyTraining}. */
class TrainingFollowsPeftTest {
    private static final Logger LOG = Logger.getLogger(TrainingFollowsPeftTest.class.getName());

    @ParameterizedTest
    @EnumSource
    void logLikelihoodsAreThoseOfTransformers(Packing packing) throws IOException {
        float[] right = TinyTraining.golden("log_likelihoods.f32");
        try (Trainer trainer = TinyTraining.open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS, packing)) {
            double[] found = trainer.logLikelihoods(TinyTraining.examples());
            for (int i = 0; i < right.length; i++) {
                assertThat(found[i]).as("example %d", i).isCloseTo(right[i], within(1e-3));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfEachTensorArePefts(Packing packing) throws IOException {
        assertGradientsArePefts(TinyTraining.RECIPE, packing, 1e-4);
    }

    /** PEFT's in single precision: what products in bfloat16 may make of them. */
    @ParameterizedTest
    @EnumSource
    void gradientsInBf16ArePeftsToTwoPercent(Packing packing) throws IOException {
        Recipe recipe = TinyTraining.recipe(0, Recipe.Precision.BF16);
        try (Kernels kernels = CpuKernels.open(1)) {
            if (!kernels.hasBf16()) {
                LOG.severe("NOT MEASURED: gradients in bf16, which this processor does not multiply");
                assertThatThrownBy(() -> TinyTraining.open(recipe, TinyTraining.TWO_THREADS, packing))
                        .isInstanceOf(FaultException.class)
                        .hasMessageContaining("bf16");
                return;
            }
        }
        assertGradientsArePefts(recipe, packing, 2e-2);
    }

    private static void assertGradientsArePefts(Recipe recipe, Packing packing, double tolerance) throws IOException {
        float[] right = TinyTraining.golden("gradients.f32");
        try (Trainer trainer = TinyTraining.open(recipe, TinyTraining.TWO_THREADS, packing)) {
            trainer.step();
            List<float[]> found = TinyTraining.gradients(trainer);
            int from = 0;
            for (int i = 0; i < found.size(); i++) {
                float[] expected = Arrays.copyOfRange(right, from, from + found.get(i).length);
                from += expected.length;
                assertThat(TinyTraining.error(found.get(i), expected))
                        .as("tensor %d", i)
                        .isLessThan(tolerance);
            }
            assertThat(from).isEqualTo(right.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLossOfFiftyStepsIsPefts(Packing packing) throws IOException {
        float[] right = TinyTraining.golden("losses.f32");
        try (Trainer trainer = TinyTraining.open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS, packing)) {
            assertThat(trainer.steps()).isEqualTo(right.length);
            for (float loss : right) {
                assertThat(trainer.step().loss()).isCloseTo(loss, within(1e-3));
            }
            assertThat(right[right.length - 1]).as("what was learned").isLessThan(right[0] - 0.5f);
        }
    }
}
