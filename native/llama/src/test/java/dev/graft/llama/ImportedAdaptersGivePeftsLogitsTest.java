package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_TYPE_F32;
import static dev.graft.llama.jni.global.llama.LLAMA_FLASH_ATTN_TYPE_DISABLED;
import static dev.graft.llama.jni.global.llama.llama_adapter_lora_free;
import static dev.graft.llama.jni.global.llama.llama_adapter_lora_init;
import static dev.graft.llama.jni.global.llama.llama_context_default_params;
import static dev.graft.llama.jni.global.llama.llama_decode;
import static dev.graft.llama.jni.global.llama.llama_free;
import static dev.graft.llama.jni.global.llama.llama_get_logits_ith;
import static dev.graft.llama.jni.global.llama.llama_get_memory;
import static dev.graft.llama.jni.global.llama.llama_init_from_model;
import static dev.graft.llama.jni.global.llama.llama_memory_clear;
import static dev.graft.llama.jni.global.llama.llama_set_adapters_lora;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.jni.llama_adapter_lora;
import dev.graft.llama.jni.llama_context;
import dev.graft.llama.jni.llama_context_params;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.AdapterMatrix;
import dev.graft.model.adapter.AdapterPair;
import dev.graft.model.adapter.PeftImport;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * llama.cpp, given a PEFT adapter that {@link PeftImport} made a GGUF file of, computes what PEFT computes. The goldens are PEFT's own: see
 * {@code model/src/test/python/peft_goldens.py}. Weights are F32, and the KV cache too where one adapter is tried alone, so that nothing but the
 * import can make a difference.
 */
class ImportedAdaptersGivePeftsLogitsTest {
    private static final Path GOLDENS = Path.of("../../model/src/test/resources/adapter");
    private static final Path BASE = GOLDENS.resolve("base.gguf");
    private static final int CELLS = 64;
    private static final int MOST_RANK = 64;
    private static final double LARGEST_ERROR = 1e-5;
    private static final double LARGEST_ERROR_OF_16_BIT_CELLS = 1e-3;

    private static LlamaModelFile base;
    private static LlamaModel model;
    private static llama_context context;

    @TempDir
    Path scratch;

    @BeforeAll
    static void load() throws IOException {
        base = LlamaModelFile.check(GgufFile.read(BASE));
        model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), BASE, 0, Products.GGML);
        try (llama_context_params params = llama_context_default_params()) {
            params.n_ctx(CELLS);
            params.n_threads(1);
            params.n_threads_batch(1);
            params.type_k(GGML_TYPE_F32);
            params.type_v(GGML_TYPE_F32);
            params.flash_attn_type(LLAMA_FLASH_ATTN_TYPE_DISABLED);
            context = llama_init_from_model(model.handle(), params);
        }
    }

    @AfterAll
    static void close() {
        llama_free(context);
        model.close();
    }

    static List<Path> adapters() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDENS)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    @Test
    void theBaseAloneGivesTransformersLogits() throws IOException {
        assertClose(logits(), floats(GOLDENS.resolve("base.f32")), LARGEST_ERROR);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void withTheAdapterLogitsArePefts(Path folder) throws IOException {
        Path file = scratch.resolve("adapter.gguf");
        PeftImport.write(folder, base, MOST_RANK, file);
        llama_adapter_lora adapter = llama_adapter_lora_init(model.handle(), file.toString());
        assertThat(adapter).isNotNull();
        llama_set_adapters_lora(context, adapter, 1, new float[] {1});
        try {
            List<float[]> peft = floats(folder.resolve("logits.f32"));
            assertThat(distance(floats(GOLDENS.resolve("base.f32")).getLast(), peft.getLast()))
                    .as("what the adapter changes")
                    .isGreaterThan(0.1);
            assertClose(logits(), peft, LARGEST_ERROR);
        } finally {
            llama_set_adapters_lora(context, new llama_adapter_lora(), 0, new float[0]);
            llama_adapter_lora_free(adapter);
        }
    }

    /** Each sequence on an adapter of its own, by Graft's own kernels, with KV cells of 16 bits as in service. */
    @Test
    void inOneBatchOfAllAdaptersLogitsArePefts() throws IOException {
        Path placeholder = AdapterOnDisk.write(scratch, RandomAdapter.ofAllTargets(1, 0), base)
                .file();
        LlamaAdapter opened = LlamaAdapter.open(model, placeholder);
        List<AdapterWeights> weights = new ArrayList<>();
        for (Path folder : adapters()) {
            weights.add(imported(folder));
        }
        int firstRow = 0;
        for (int[] tokens : sequences()) {
            List<float[]> rows = mixed(opened, weights, tokens);
            for (int i = 0; i < weights.size(); i++) {
                List<float[]> peft = floats(adapters().get(i).resolve("logits.f32"));
                assertClose(
                        rows.subList(i * tokens.length, (i + 1) * tokens.length),
                        peft.subList(firstRow, firstRow + tokens.length),
                        LARGEST_ERROR_OF_16_BIT_CELLS);
            }
            firstRow += tokens.length;
        }
        weights.forEach(AdapterWeights::close);
    }

    /** The adapter as a slot wants it, from the ranges of the file that its check gives. */
    private AdapterWeights imported(Path folder) throws IOException {
        Path file = scratch.resolve("slot.gguf");
        AdapterFile adapter = PeftImport.write(folder, base, MOST_RANK, file);
        AdapterWeights weights = new AdapterWeights(base.layers(), AdapterWeights.Precision.F32);
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            for (AdapterPair pair : adapter.pairs()) {
                weights.put(
                        pair.layer(),
                        pair.target().ordinal(),
                        pair.a().columns(),
                        pair.b().rows(),
                        pair.rank(),
                        pair.scale(),
                        matrix(bytes, pair.a()),
                        matrix(bytes, pair.b()));
            }
        }
        return weights;
    }

    private static AdapterWeights.Matrix matrix(MemorySegment bytes, AdapterMatrix matrix) {
        return new AdapterWeights.Matrix(
                AdapterWeights.WeightType.valueOf(matrix.type().name()),
                bytes.asSlice(matrix.offset(), matrix.bytes()));
    }

    /** Rows after every token of the same text on each adapter, all in one decode. */
    private static List<float[]> mixed(LlamaAdapter placeholder, List<AdapterWeights> weights, int[] tokens) {
        int count = tokens.length * weights.size();
        var options = new ContextOptions(2 * count, count, weights.size(), 1, Attention.PLAIN, false);
        try (LlamaContext mixed = LlamaContext.open(model, options);
                LlamaBatch batch = new LlamaBatch(count, 1)) {
            mixed.mixAdapters(placeholder, weights.size());
            for (int sequence = 0; sequence < weights.size(); sequence++) {
                mixed.slot(sequence + 1, Optional.of(weights.get(sequence)));
                batch.slot(sequence + 1);
                for (int at = 0; at < tokens.length; at++) {
                    batch.add(tokens[at], at, sequence, true);
                }
            }
            mixed.decode(batch);
            List<float[]> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                float[] row = new float[model.vocabularySize()];
                mixed.logits(i).copyTo(row);
                rows.add(row);
            }
            return rows;
        }
    }

    private static List<int[]> sequences() throws IOException {
        return Files.readAllLines(GOLDENS.resolve("sequences.txt")).stream()
                .map(line -> Arrays.stream(line.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray())
                .toList();
    }

    /** Rows after every token of every sequence. */
    private static List<float[]> logits() throws IOException {
        List<float[]> rows = new ArrayList<>();
        for (int[] tokens : sequences()) {
            llama_memory_clear(llama_get_memory(context), true);
            try (LlamaBatch batch = new LlamaBatch(tokens.length, 1)) {
                for (int i = 0; i < tokens.length; i++) {
                    batch.add(tokens[i], i, 0, true);
                }
                assertThat(llama_decode(context, batch.handle())).isZero();
                for (int i = 0; i < tokens.length; i++) {
                    float[] row = new float[model.vocabularySize()];
                    llama_get_logits_ith(context, i).get(row);
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static List<float[]> floats(Path file) throws IOException {
        var numbers = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        List<float[]> rows = new ArrayList<>();
        while (numbers.hasRemaining()) {
            float[] row = new float[model.vocabularySize()];
            numbers.get(row);
            rows.add(row);
        }
        return rows;
    }

    private static void assertClose(List<float[]> ours, List<float[]> peft, double largestError) {
        assertThat(ours).hasSameSizeAs(peft);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(distance(ours.get(i), peft.get(i))).as("row %d", i).isLessThan(largestError);
        }
    }

    /** Largest difference, relative to the largest of the expected numbers. */
    private static double distance(float[] actual, float[] expected) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference / largest;
    }
}
