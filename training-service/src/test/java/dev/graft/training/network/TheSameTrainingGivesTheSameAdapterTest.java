package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheSameTrainingGivesTheSameAdapterTest {
    private static final Recipe DROPPING = TinyTraining.recipe(0.3);

    @TempDir
    Path scratch;

    @Test
    void byteForByteFromTheSameSeed() throws IOException {
        assertThat(trained(DROPPING, "once.gguf")).hasSameBinaryContentAs(trained(DROPPING, "again.gguf"));
        assertThat(Files.mismatch(trained(DROPPING, "once.gguf"), trained(TinyTraining.RECIPE, "other.gguf")))
                .as("dropout makes a difference")
                .isNotNegative();
    }

    @Test
    void byteForByteWhereItWasInterrupted() throws IOException {
        Path state = scratch.resolve("state");
        try (Trainer first = open(DROPPING, TinyTraining.TWO_THREADS)) {
            for (int i = 0; i < 23; i++) {
                first.step();
            }
            first.save(state);
        }
        Path resumed = scratch.resolve("resumed.gguf");
        try (Trainer second = open(DROPPING, TinyTraining.TWO_THREADS)) {
            second.step();
            second.restore(state);
            assertThat(second.stepsDone()).isEqualTo(23);
            finish(second, resumed);
        }
        assertThat(resumed).hasSameBinaryContentAs(trained(DROPPING, "whole.gguf"));
    }

    /** Activations that are computed again are the same: dropout follows from seed and step. */
    @Test
    void byteForByteWithLittleMemory() throws IOException {
        MemoryPlan roomy;
        try (Trainer trainer = open(DROPPING, TinyTraining.TWO_THREADS)) {
            roomy = trainer.memory();
        }
        assertThat(roomy.keep()).isEqualTo(MemoryPlan.Keep.ALL);
        Path lean = scratch.resolve("lean.gguf");
        try (Trainer trainer = open(DROPPING, new Resources(roomy.bytes() - 1, 2))) {
            assertThat(trainer.memory().keep()).isEqualTo(MemoryPlan.Keep.INPUTS);
            assertThat(trainer.memory().rows()).isEqualTo(roomy.rows());
            finish(trainer, lean);
        }
        assertThat(lean).hasSameBinaryContentAs(trained(DROPPING, "roomy.gguf"));
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheFigures() {
        assertThatThrownBy(() -> open(DROPPING, new Resources(1000, 2)))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("graft.training.memory");
    }

    @Test
    void aStateThatIsTornOrAnothersIsRefused() throws IOException {
        Path state = scratch.resolve("state");
        try (Trainer trainer = open(DROPPING, TinyTraining.TWO_THREADS)) {
            trainer.step();
            trainer.save(state);
            byte[] whole = Files.readAllBytes(state);
            byte[] damaged = whole.clone();
            damaged[whole.length / 2] ^= 1;
            assertRefused(trainer, damaged);
            assertRefused(trainer, Arrays.copyOf(whole, whole.length - 9));
        }
        try (Trainer other = open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS)) {
            assertThatThrownBy(() -> other.restore(state)).isInstanceOf(FaultException.class);
            assertThat(other.stepsDone()).isZero();
        }
    }

    private void assertRefused(Trainer trainer, byte[] bytes) throws IOException {
        Path bad = Files.write(scratch.resolve("bad"), bytes);
        List<float[]> before = TinyTraining.weights(trainer);
        assertThatThrownBy(() -> trainer.restore(bad)).isInstanceOf(FaultException.class);
        assertThat(TinyTraining.weights(trainer)).usingRecursiveComparison().isEqualTo(before);
    }

    private static Trainer open(Recipe recipe, Resources resources) throws IOException {
        return Trainer.open(TinyTraining.MODEL, recipe, TinyTraining.examples(), List.of(), resources);
    }

    private Path trained(Recipe recipe, String name) throws IOException {
        Path file = scratch.resolve(name);
        try (Trainer trainer = open(recipe, TinyTraining.TWO_THREADS)) {
            finish(trainer, file);
        }
        return file;
    }

    private static void finish(Trainer trainer, Path file) throws IOException {
        while (trainer.stepsDone() < trainer.steps()) {
            trainer.step();
        }
        trainer.writeGguf(file);
        AdapterFile adapter = AdapterFile.check(file, LlamaModelFile.check(GgufFile.read(TinyTraining.MODEL)), 4);
        assertThat(adapter.alpha()).isEqualTo(8);
        assertThat(adapter.pairs()).hasSize(21);
    }
}
