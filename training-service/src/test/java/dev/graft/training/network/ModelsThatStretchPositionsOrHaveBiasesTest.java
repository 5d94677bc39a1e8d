package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.MalformedGgufException;
import dev.graft.training.dataset.TokenizedExample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a file says of positions, and the biases in it, are computed as llama.cpp does, and as transformers does. */
class ModelsThatStretchPositionsOrHaveBiasesTest {
    private static final String TYPE = "llama.rope.scaling.type";
    private static final String FACTOR = "llama.rope.scaling.factor";
    private static final String ORIGINAL = "llama.rope.scaling.original_context_length";
    private static final String ATTENTION = "llama.rope.scaling.attn_factor";
    private static final String LLAMA_3 = "rope_freqs.weight";
    private static final Path GOLDENS = Path.of("../native/lora/src/test/resources/kernels");

    @TempDir
    Path scratch;

    @SuppressWarnings("ImmutableEnumChecker") // a lambda that keeps nothing
    enum Variant {
        LINEAR(model -> model.with(TYPE, "linear").with(FACTOR, 4f)),
        A_FACTOR_WITHOUT_A_TYPE(model -> model.with(FACTOR, 4f)),
        THE_OLD_FACTOR(model -> model.with("llama.rope.scale_linear", 4f)),
        YARN(model -> model.with(TYPE, "yarn").with(FACTOR, 4f).with(ORIGINAL, 16)),
        YARN_WITH_ATTENTION_FACTOR(model ->
                model.with(TYPE, "yarn").with(FACTOR, 4f).with(ORIGINAL, 32).with(ATTENTION, 1.2f)),
        YARN_OF_THE_WHOLE_CONTEXT(model -> model.with(TYPE, "yarn").with(FACTOR, 2f)),
        YARN_WITH_FACTORS(model -> model.with(TYPE, "yarn")
                .with(FACTOR, 4f)
                .with(ORIGINAL, 16)
                .withTensor(LLAMA_3, 1, 1, 1, 2, 4, 8, 8, 8)),
        LLAMA_3_FACTORS(model -> model.withTensor(LLAMA_3, 1, 1.5f, 3, 4, 8, 8, 8, 8)),
        ATTENTION_FACTOR_ALONE(model -> model.with(ATTENTION, 1.3f)),
        BIASES(ModelsThatStretchPositionsOrHaveBiasesTest::biased);

        private final UnaryOperator<TinyVariant> change;

        Variant(UnaryOperator<TinyVariant> change) {
            this.change = change;
        }
    }

    private static TinyVariant biased(TinyVariant model) {
        for (int layer = 0; layer < 3; layer++) {
            String block = "blk." + layer + ".";
            model.withRandomTensor(block + "attn_q.bias", 64)
                    .withRandomTensor(block + "attn_k.bias", 32)
                    .withRandomTensor(block + "attn_v.bias", 32)
                    .withRandomTensor(block + "attn_output.bias", 64)
                    .withRandomTensor(block + "ffn_gate.bias", 128)
                    .withRandomTensor(block + "ffn_up.bias", 128)
                    .withRandomTensor(block + "ffn_down.bias", 64);
        }
        return model;
    }

    @ParameterizedTest
    @EnumSource
    void logitsAreLlamaCpps(Variant variant) throws IOException {
        TokenizedExample text = text();
        List<float[]> usual = Logits.ofLlamaCpp(new TinyVariant().write(scratch.resolve("usual.gguf")), text);
        Path file = variant.change.apply(new TinyVariant()).write(scratch.resolve("variant.gguf"));
        List<float[]> right = Logits.ofLlamaCpp(file, text);
        assertThat(Logits.error(right, usual)).as("what the variant changes").isGreaterThan(0.01);
        assertThat(Logits.error(right, Logits.ofTrainer(file, text))).isLessThanOrEqualTo(1e-3);
    }

    private static TokenizedExample text() {
        return new TokenizedExample(new Random(4).ints(60, 3, 264).toArray(), 1);
    }

    @Test
    void theTableIsTransformers() throws IOException {
        float[] none = new float[0];
        assertIsGolden("plain", header(file -> file), none);
        assertIsGolden("linear", header(file -> file.put(TYPE, "linear").put(FACTOR, 4f)), none);
        assertIsGolden(
                "yarn", header(file -> file.put(TYPE, "yarn").put(FACTOR, 8f).put(ORIGINAL, 64)), none);
        assertIsGolden("llama-3", header(file -> file), golden("llama-3", "factors"));
    }

    private static void assertIsGolden(String scaling, GgufFile file, float[] factors) throws IOException {
        float[] right = golden(scaling, "table");
        float[] found = new Rotation(file, 10_000, 16, 512, factors).table(right.length / 16);
        assertThat(found).as(scaling).hasSameSizeAs(right);
        for (int i = 0; i < right.length; i++) {
            assertThat(Math.abs(found[i] - right[i]) <= 1e-5)
                    .as("%s[%d] is %s, should be %s", scaling, i, found[i], right[i])
                    .isTrue();
        }
    }

    @Test
    void whatIsNotKnownIsRefused() throws IOException {
        assertRefused(new TinyVariant().with(TYPE, "longrope"), TYPE, "YaRN");
        assertRefused(new TinyVariant().with(FACTOR, -2f), FACTOR, "above 0");
        assertRefused(new TinyVariant().with("llama.attention.causal", false), "llama.attention.causal", "before");
        assertRefused(new TinyVariant().withTensor("blk.0.attn_q.scale", 2), "blk.0.attn_q.scale", "alone");
        assertRefused(new TinyVariant().withRandomTensor("output.bias", 264), "output.bias", "alone");
    }

    /** Serving refuses these too: llama.cpp would end the process. */
    @Test
    void whatFitsNoModelIsNoModel() throws IOException {
        assertUnsound(new TinyVariant().with(TYPE, "mrope"), TYPE, "yarn");
        assertUnsound(new TinyVariant().withTensor(LLAMA_3, 1, 2, 3), LLAMA_3 + ".shape", "[8]");
        assertUnsound(new TinyVariant().withRandomTensor("blk.0.attn_q.bias", 63), "blk.0.attn_q.bias.shape", "[64]");
    }

    private void assertUnsound(TinyVariant variant, String field, String remedy) throws IOException {
        Path file = variant.write(scratch.resolve("unsound.gguf"));
        assertThatThrownBy(() -> LlamaModelFile.check(GgufFile.read(file)))
                .isInstanceOf(MalformedGgufException.class)
                .hasMessageContaining(field)
                .hasMessageContaining(remedy);
    }

    private void assertRefused(TinyVariant variant, String field, String remedy) throws IOException {
        Path file = variant.write(scratch.resolve("refused.gguf"));
        assertThatThrownBy(() -> Logits.ofTrainer(file, text()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(field)
                .hasMessageContaining(remedy);
    }

    private static GgufFile header(UnaryOperator<GgufWriter> change) throws IOException {
        var bytes = new ByteArrayOutputStream();
        change.apply(new GgufWriter().put("general.architecture", "llama")).writeTo(bytes);
        return GgufFile.read(bytes.toByteArray());
    }

    /** A tensor of {@code kernel_goldens.py}'s files. */
    private static float[] golden(String scaling, String name) throws IOException {
        byte[] bytes = Files.readAllBytes(GOLDENS.resolve("rope-" + scaling + ".golden"));
        String header = new String(bytes, StandardCharsets.ISO_8859_1)
                .lines()
                .findFirst()
                .orElseThrow();
        FloatBuffer numbers = ByteBuffer.wrap(bytes, header.length() + 1, bytes.length - header.length() - 1)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        for (String[] entry :
                Arrays.stream(header.split(";")).map(e -> e.split(" ")).toList()) {
            float[] tensor = new float[Integer.parseInt(entry[1]) * Integer.parseInt(entry[2])];
            numbers.get(tensor);
            if (entry[0].equals(name)) {
                return tensor;
            }
        }
        throw new IllegalArgumentException(name);
    }
}
