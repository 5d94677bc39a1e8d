package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaException;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.LogitRow;
import dev.graft.llama.Products;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MixingCheckTest {
    private final LlamaLibrary library = LlamaLibrary.load(Optional.empty());

    private static AdapterReader reader() throws IOException {
        return new AdapterReader(LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL)), Precision.F16, 64);
    }

    @ParameterizedTest
    @EnumSource
    void theRealModelPasses(Products products) throws IOException {
        passes(products, MixingWay.byKernels(reader()));
    }

    /** On the processor sums are in the same order whatever else is in the batch, as with the kernels. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "F32"})
    void itPassesByNodes(Precision precision) throws IOException {
        passes(Products.PACKED, MixingWay.byNodes(new AdapterReader(reader().base(), precision, 16)));
    }

    @ParameterizedTest
    @EnumSource
    void itPassesInEachPrecision(Precision precision) throws IOException {
        passes(Products.PACKED, MixingWay.byKernels(new AdapterReader(reader().base(), precision, 16)));
    }

    @Test
    void nodesHaveNoWeightsOfEightBits() throws IOException {
        AdapterReader eightBits = new AdapterReader(reader().base(), Precision.Q8, 16);
        assertThatThrownBy(() -> MixingWay.byNodes(eightBits))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("graft.adapters.precision = q8");
    }

    private void passes(Products products, MixingWay way) throws IOException {
        AdapterReader reader = new AdapterReader(reader().base(), way.precision(), way.rank());
        try (LlamaModel model = LlamaModel.open(library, RunningEngine.MODEL, 0, products);
                Placeholder placeholder = Placeholder.open(model, reader, way.rank());
                LlamaContext context =
                        LlamaContext.open(model, new ContextOptions(256, 64, 4, 2, Attention.RAGGED, false))) {
            way.begin(context, placeholder.adapter(), 2);
            for (boolean exact : new boolean[] {true, false}) {
                assertThat(new MixingCheck(context, model.vocabularySize(), exact).fault(placeholder.weights()))
                        .isEmpty();
            }
        }
    }

    /** A placeholder of too few targets stands for graphs that are not as the callback knows them. */
    @Test
    void whereMixingFailsTheSameContextServesWithoutIt(@TempDir Path folder) throws IOException {
        AdapterReader reader = reader();
        Path few = folder.resolve("few.gguf");
        new RandomAdapter(Set.of(Target.Q, Target.V), 1, 1, 0.05, 7).writeTo(few, reader.base());
        ContextOptions options = new ContextOptions(256, 64, 4, 2, Attention.RAGGED, false);
        List<String> errors = errorsOf(SlotChoice.class);
        try (LlamaModel model = LlamaModel.open(library, RunningEngine.MODEL, 0, Products.PACKED);
                Placeholder placeholder = new Placeholder(LlamaAdapter.open(model, few), reader.read(few));
                LlamaContext plain = LlamaContext.open(model, options);
                LlamaContext context = LlamaContext.open(model, options);
                SlotTable slots = SlotChoice.of(model, context, placeholder, MixingWay.byKernels(reader), 2, 64);
                LlamaBatch batch = new LlamaBatch(8, 1)) {
            assertThat(slots.description()).startsWith("one decode for each").contains("lacks nodes");
            assertThat(errors).singleElement().asString().contains("adapters are not mixed", "lacks nodes");
            for (int i = 0; i < 8; i++) {
                batch.add(100 + i, i / 4, i % 4, i >= 4);
            }
            slots.decode(batch);
            plain.decode(batch);
            for (int i = 4; i < 8; i++) {
                assertThat(row(slots.logits(i))).isEqualTo(row(plain.logits(i)));
            }
        }
    }

    /** What this class logs from now on as an error. */
    private static List<String> errorsOf(Class<?> type) {
        List<String> errors = new ArrayList<>();
        Logger.getLogger(type.getName()).addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                    errors.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        return errors;
    }

    private static float[] row(LogitRow logits) {
        float[] row = new float[logits.length()];
        logits.copyTo(row);
        return row;
    }

    /** Weights that are not the placeholder's stand for kernels that compute something else than llama.cpp. */
    @Test
    void whatLlamaCppWouldNotGetIsFound(@TempDir Path folder) throws IOException {
        AdapterReader reader = reader();
        Path other = folder.resolve("other.gguf");
        RandomAdapter.ofAllTargets(1, 99).writeTo(other, reader.base());
        try (LlamaModel model = LlamaModel.open(library, RunningEngine.MODEL, 0, Products.PACKED);
                Placeholder placeholder = Placeholder.open(model, reader, 1);
                AdapterWeights weights = reader.read(other);
                LlamaContext context =
                        LlamaContext.open(model, new ContextOptions(256, 64, 4, 2, Attention.RAGGED, false))) {
            context.mixAdapters(placeholder.adapter(), 2);
            assertThat(new MixingCheck(context, model.vocabularySize(), false).fault(weights))
                    .hasValueSatisfying(fault -> assertThat(fault).contains("off llama.cpp's own path"));
        }
    }
}
