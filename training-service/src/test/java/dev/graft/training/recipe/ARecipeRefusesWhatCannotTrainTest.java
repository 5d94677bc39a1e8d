package dev.graft.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.FaultException;
import dev.graft.training.recipe.Recipe.Batch;
import dev.graft.training.recipe.Recipe.Length;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ARecipeRefusesWhatCannotTrainTest {
    @Test
    void theDefaultIsAsTheReadmeSays() {
        assertThat(Recipe.DEFAULT.rank()).isEqualTo(16);
        assertThat(Recipe.DEFAULT.scale()).isEqualTo(2.0);
        assertThat(Recipe.DEFAULT.batch()).isEqualTo(new Batch.Examples(8));
        assertThat(Recipe.DEFAULT.length()).isEqualTo(new Length.Epochs(3));
    }

    @Test
    void aLineageTellsAllOfIt() {
        assertThat(Recipes.summary(Recipe.DEFAULT))
                .isEqualTo(
                        "r 16, alpha 32.0, q,v, dropout 0.05, lr 5.0E-4 linear, warm-up 0.03, decay 0.01, clip 1.0, batch 8, "
                                + "3 epochs, seed 42, auto");
    }

    @Test
    void aFaultNamesTheFieldAndItsValue() {
        var fault = catchThrowableOfType(FaultException.class, () -> rank(0)).fault();
        assertThat(fault.field()).isEqualTo("rank");
        assertThat(fault.value()).isEqualTo("0");
        assertThat(catchThrowableOfType(FaultException.class, () -> learningRate(Double.NaN))
                        .fault()
                        .field())
                .isEqualTo("learning_rate");
    }

    private static Recipe rank(int rank) {
        Recipe d = Recipe.DEFAULT;
        return new Recipe(
                rank,
                d.alpha(),
                d.dropout(),
                d.targets(),
                d.rankStabilised(),
                d.loraPlusRatio(),
                d.learningRate(),
                d.schedule(),
                d.warmUp(),
                d.weightDecay(),
                d.clipNorm(),
                d.accumulation(),
                d.batch(),
                d.length(),
                d.seed(),
                d.precision());
    }

    private static Recipe learningRate(double rate) {
        Recipe d = Recipe.DEFAULT;
        return new Recipe(
                d.rank(),
                d.alpha(),
                d.dropout(),
                Set.copyOf(d.targets()),
                d.rankStabilised(),
                d.loraPlusRatio(),
                rate,
                d.schedule(),
                d.warmUp(),
                d.weightDecay(),
                d.clipNorm(),
                d.accumulation(),
                d.batch(),
                d.length(),
                d.seed(),
                d.precision());
    }
}
