package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter of llama.cpp's making, exported to PEFT and imported again, adds the same to the base's weights. */
class AdaptersThatPeftNeverSawAreExportedTest {
    @TempDir
    Path scratch;

    private static GgufWriter withoutAlpha() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.type", "adapter")
                .put("adapter.type", "lora");
    }

    private String thereAndBack(GgufWriter writer) throws IOException {
        Path file = scratch.resolve("adapter.gguf");
        Files.write(file, TinyAdapter.bytes(writer));
        AdapterFile adapter = AdapterFile.check(file, TinyAdapter.BASE, TinyAdapter.MOST_RANK);
        Path folder = scratch.resolve("peft");
        PeftExport.write(file, TinyAdapter.BASE, TinyAdapter.MOST_RANK, folder);
        Path again = scratch.resolve("again.gguf");
        AdapterFile imported = PeftImport.write(folder, TinyAdapter.BASE, TinyAdapter.MOST_RANK, again);
        assertThat(imported.pairs()).hasSameSizeAs(adapter.pairs());
        for (int i = 0; i < adapter.pairs().size(); i++) {
            AdapterPair before = adapter.pairs().get(i);
            AdapterPair after = imported.pairs().get(i);
            assertThat(after.target()).isEqualTo(before.target());
            double[][] expected = AdapterWeights.delta(file, before);
            double[][] actual = AdapterWeights.delta(again, after);
            for (int row = 0; row < expected.length; row++) {
                assertThat(actual[row]).as("%s, row %d", before, row).containsExactly(expected[row], within(1e-4));
            }
        }
        Path twice = scratch.resolve("twice");
        PeftExport.write(again, TinyAdapter.BASE, TinyAdapter.MOST_RANK, twice);
        assertThat(twice.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("adapter_model.safetensors"));
        return Files.readString(folder.resolve("adapter_config.json"));
    }

    @Test
    void oneRankForAllTargets() throws IOException {
        GgufWriter writer = TinyAdapter.gguf();
        for (Target target : Target.values()) {
            TinyAdapter.withPair(writer, target, 4, GgufType.F32);
        }
        assertThat(thereAndBack(writer))
                .contains("\"r\" : 4", "\"lora_alpha\" : 16", "\"rank_pattern\" : { }")
                .contains("\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\", \"gate_proj\", \"up_proj\", \"down_proj\"");
    }

    @Test
    void mixedRanksAndTypes() throws IOException {
        GgufWriter writer = TinyAdapter.gguf();
        TinyAdapter.withPair(writer, Target.V, 8, GgufType.BF16);
        TinyAdapter.withPair(writer, Target.K, 3, GgufType.F16);
        TinyAdapter.withPair(writer, Target.UP, 8, GgufType.F32);
        assertThat(thereAndBack(writer)).contains("\"model.layers.0.self_attn.v_proj\" : 8");
    }

    @Test
    void aScaleOfOneWhereNoAlphaIsTold() throws IOException {
        GgufWriter writer = withoutAlpha();
        TinyAdapter.withPair(writer, Target.Q, 8, GgufType.F32);
        TinyAdapter.withPair(writer, Target.O, 2, GgufType.F32);
        assertThat(thereAndBack(writer)).contains("\"lora_alpha\" : 8", "\"alpha_pattern\" : {");
    }
}
