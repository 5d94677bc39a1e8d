package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.gguf.GgufFile;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainingsShareTheMemoryTest {
    private static final int THREADS = 2;

    private long file;
    private MemoryPlan roomy = new MemoryPlan(0, 0, MemoryPlan.Keep.ALL, 0);
    private MemoryPlan lean = roomy;

    /** What one of them takes alone, with as much as it wants and with less, but for what a batch would have to be cut for. */
    @BeforeEach
    void figures() throws IOException {
        file = GgufFile.read(TinyTraining.MODEL).fileBytes();
        try (Trainer alone = open(TinyTraining.RECIPE, new MemoryBudget(1L << 30))) {
            roomy = alone.memory();
        }
        try (Trainer alone = open(TinyTraining.RECIPE, new MemoryBudget(roomy.bytes() - 1))) {
            lean = alone.memory();
        }
        assertThat(lean.rows()).isEqualTo(roomy.rows());
        assertThat(lean.keep()).isEqualTo(MemoryPlan.Keep.INPUTS);
    }

    @Test
    void oneThatDoesNotFitBesideAnotherBeginsWhenThatEnds() throws IOException, InterruptedException {
        var budget = new MemoryBudget(roomy.bytes() + own(lean) - 1);
        long seen = budget.givenBack();
        try (Trainer first = open(TinyTraining.RECIPE, budget)) {
            Fault fault = refused(TinyTraining.RECIPE, budget);

            assertThat(fault.code()).isEqualTo(MemoryBudget.IN_USE);
            assertThat(fault.remedy())
                    .contains("at least " + lean.bytes() + " bytes", "other jobs have " + own(first.memory()));
            assertThat(budget.awaitMore(seen, Duration.ofMillis(1))).isFalse();
        }
        assertThat(budget.awaitMore(seen, Duration.ofMillis(1))).isTrue();
        try (Trainer second = open(TinyTraining.RECIPE, budget)) {
            assertThat(second.memory()).isEqualTo(roomy);
        }
    }

    @Test
    void togetherTheyTakeNoMoreThanThereIs() throws IOException {
        long bytes = file + own(roomy) + own(roomy) - 1;
        var budget = new MemoryBudget(bytes);
        try (Trainer first = open(TinyTraining.RECIPE, budget);
                Trainer second = open(TinyTraining.RECIPE, budget)) {
            assertThat(first.memory()).isEqualTo(roomy);
            assertThat(second.memory().keep()).as("leaner").isEqualTo(MemoryPlan.Keep.INPUTS);
            assertThat(file + own(first.memory()) + own(second.memory())).isLessThanOrEqualTo(bytes);
            assertThat(second.expectedBytes())
                    .as("the process has the first's as well")
                    .isGreaterThanOrEqualTo(
                            first.expectedBytes() + second.memory().bytes());
            first.step();
            second.step();
        }
    }

    /** Though one whose batches are cut further would fit. */
    @Test
    void aBatchIsCutBesideOthersAsItIsAlone() throws IOException {
        var budget = new MemoryBudget(lean.bytes() - 1);
        MemoryPlan cut;
        try (Trainer alone = open(TinyTraining.RECIPE, budget)) {
            cut = alone.memory();
        }
        assertThat(cut.rows()).isLessThan(lean.rows());
        var shared = new MemoryBudget(roomy.bytes() + own(cut));
        try (Trainer first = open(TinyTraining.RECIPE, shared)) {
            assertThat(first.memory()).isEqualTo(roomy);
            assertThat(refused(TinyTraining.RECIPE, shared).code()).isEqualTo(MemoryBudget.IN_USE);
        }
    }

    @Test
    void whatWouldNotFitAloneIsRefusedForGoodThoughAnotherRuns() throws IOException {
        var budget = new MemoryBudget(roomy.bytes());
        try (Trainer first = open(TinyTraining.RECIPE, budget)) {
            assertThat(first.memory()).isEqualTo(roomy);
            Fault fault = refused(TinyTraining.recipe(1024, 0, Recipe.Precision.FP32), budget);

            assertThat(fault.code()).isEqualTo("too_little_memory");
            assertThat(fault.remedy()).contains(" of the " + roomy.bytes() + " of graft.training.memory");
        }
    }

    private long own(MemoryPlan plan) {
        return plan.bytes() - file;
    }

    private static Trainer open(Recipe recipe, MemoryBudget budget) throws IOException {
        return Trainer.open(
                TinyTraining.MODEL, recipe, TinyTraining.examples(), List.of(), new Resources(budget, THREADS));
    }

    private static Fault refused(Recipe recipe, MemoryBudget budget) {
        FaultException thrown = catchThrowableOfType(
                FaultException.class, () -> open(recipe, budget).close());
        assertThat(thrown).isNotNull();
        return thrown.fault();
    }
}
