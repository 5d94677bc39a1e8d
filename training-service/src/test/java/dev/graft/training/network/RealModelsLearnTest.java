package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipe.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SmolLM2 as it is served, Q4_1. */
class RealModelsLearnTest {
    private static final Path MODEL = Path.of(
            System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
            "models/SmolLM2-135M-Instruct.Q4_1.gguf");

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "AUTO"})
    void theLossFallsAndTheEstimateHolds(Precision precision) {
        List<TokenizedExample> examples = examples();
        try (Trainer trainer =
                Trainer.open(MODEL, recipe(precision), examples, List.of(), new Resources(2L << 30, 2))) {
            double before = trainer.loss(examples);
            while (trainer.stepsDone() < trainer.steps()) {
                trainer.step();
            }
            assertThat(trainer.loss(examples)).isLessThan(before / 2);
            long mapped = MODEL.toFile().length();
            assertThat((double) (trainer.kernels().allocatedBytes() + mapped))
                    .isBetween(
                            0.8 * trainer.memory().bytes(),
                            1.0 * trainer.memory().bytes());
        }
    }

    /** A rule to learn: the completion is the prompt's first token. */
    private static List<TokenizedExample> examples() {
        var random = new Random(1);
        List<TokenizedExample> examples = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] tokens = new int[12];
            for (int at = 0; at < tokens.length; at++) {
                tokens[at] = 1000 + random.nextInt(500);
            }
            tokens[11] = tokens[0];
            examples.add(new TokenizedExample(tokens, 11));
        }
        return examples;
    }

    private static Recipe recipe(Precision precision) {
        Recipe usual = Recipe.DEFAULT;
        return new Recipe(
                usual.rank(),
                usual.alpha(),
                usual.dropout(),
                usual.targets(),
                usual.rankStabilised(),
                usual.loraPlusRatio(),
                3e-3,
                usual.schedule(),
                usual.warmUp(),
                usual.weightDecay(),
                usual.clipNorm(),
                usual.accumulation(),
                usual.batch(),
                new Recipe.Length.Steps(12),
                usual.seed(),
                precision);
    }
}
