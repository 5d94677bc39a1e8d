package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufNumbers;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufValue;
import dev.graft.model.gguf.GgufValueType;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.MalformedGgufException;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class UnsoundAdaptersAreRefusedTest {
    private static final String Q = "blk.0.attn_q.weight";

    static Stream<Arguments> unsound() {
        return Stream.of(
                unsound("general.type", "is this an adapter", new GgufWriter()),
                unsound("general.type", "is this an adapter", new GgufWriter().put("general.type", "model")),
                unsound("general.type", "must be a text", new GgufWriter().put("general.type", 1)),
                unsound("adapter.type", "only LoRA", new GgufWriter().put("general.type", "adapter")),
                unsound("general.architecture", "must be the base's", kind("qwen2")),
                unsound("adapter.lora.alpha", "finite", kind("llama").put("adapter.lora.alpha", -1f)),
                unsound("adapter.lora.alpha", "finite", kind("llama").put("adapter.lora.alpha", Float.NaN)),
                unsound(
                        "adapter.lora.alpha",
                        "finite",
                        kind("llama").put("adapter.lora.alpha", Float.POSITIVE_INFINITY)),
                unsound("adapter.lora.alpha", "32-bit float", kind("llama").put("adapter.lora.alpha", 16)),
                unsound(
                        "adapter.lora.alpha",
                        "32-bit float",
                        kind("llama").put("adapter.lora.alpha", new GgufValue.Fraction(GgufValueType.FLOAT64, 16))),
                unsound(
                        "adapter.alora.invocation_tokens",
                        "not served",
                        TinyAdapter.gguf()
                                .put("adapter.alora.invocation_tokens", new GgufValue.Numbers(GgufNumbers.of(1, 2)))),
                unsound("tensors", "has tensors such as", TinyAdapter.gguf()),
                unsound(Q + ".lora_b", "must be there", tensors(Q + ".lora_a", 32, 4)),
                unsound(Q + ".lora_a", "must be there", tensors(Q + ".lora_b", 4, 32)),
                unsound(Q + ".lora_a.shape", "[32, rank]", pair(new long[] {31, 4}, new long[] {4, 32})),
                unsound(Q + ".lora_a.shape", "[32, rank]", pair(new long[] {32}, new long[] {4, 32})),
                unsound(Q + ".lora_a.shape", "[32, rank]", pair(new long[] {32, 4, 1}, new long[] {4, 32})),
                unsound(Q + ".lora_a.shape", "at most 64", pair(new long[] {32, 65}, new long[] {65, 32})),
                unsound(Q + ".lora_b.shape", "[4, 32]", pair(new long[] {32, 4}, new long[] {32, 4})),
                unsound(Q + ".lora_b.shape", "[4, 32]", pair(new long[] {32, 4}, new long[] {5, 32})),
                unsound(
                        "blk.0.attn_k.weight.lora_b.shape",
                        "[4, 16]",
                        TinyAdapter.tensor(
                                tensors("blk.0.attn_k.weight.lora_a", 32, 4),
                                "blk.0.attn_k.weight.lora_b",
                                GgufType.F32,
                                4,
                                32)),
                unsound(
                        Q + ".lora_a.type",
                        "F32, F16 or BF16",
                        TinyAdapter.tensor(
                                TinyAdapter.tensor(TinyAdapter.gguf(), Q + ".lora_a", GgufType.Q8_0, 32, 4),
                                Q + ".lora_b",
                                GgufType.F32,
                                4,
                                32)),
                unsound("tensors", "layers 0 to 0", withPair(tensors("blk.1.attn_q.weight.lora_a", 32, 4))),
                unsound("tensors", "layers 0 to 0", withPair(tensors("blk.00.attn_q.weight.lora_a", 32, 4))),
                unsound("tensors", "layers 0 to 0", withPair(tensors("blk.0.attn_q.weight", 32, 4))),
                unsound("tensors", "token embedding", withPair(tensors("token_embd.weight.lora_a", 264, 4))),
                unsound("tensors", "output layer", withPair(tensors("output.weight.lora_a", 32, 4))),
                unsound("tensors", "norms", withPair(tensors("blk.0.attn_norm.weight", 32))),
                unsound("tensors", "other tensors", withPair(tensors("graft", 32))));
    }

    private static Arguments unsound(String field, String remedy, GgufWriter file) {
        return Arguments.of(field, remedy, TinyAdapter.bytes(file));
    }

    private static GgufWriter kind(String architecture) {
        return new GgufWriter()
                .put("general.type", "adapter")
                .put("adapter.type", "lora")
                .put("general.architecture", architecture);
    }

    private static GgufWriter tensors(String name, long... shape) {
        return TinyAdapter.tensor(TinyAdapter.gguf(), name, GgufType.F32, shape);
    }

    private static GgufWriter pair(long[] a, long[] b) {
        return TinyAdapter.tensor(tensors(Q + ".lora_a", a), Q + ".lora_b", GgufType.F32, b);
    }

    private static GgufWriter withPair(GgufWriter writer) {
        return TinyAdapter.withPair(writer, Target.Q, 4, GgufType.F32);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("unsound")
    void theErrorNamesTheFieldAndWhatWouldBeRight(String field, String remedy, byte[] file) {
        assertThatThrownBy(() -> TinyAdapter.check(file))
                .isInstanceOfSatisfying(MalformedGgufException.class, error -> {
                    assertThat(error.field()).isEqualTo(field);
                    assertThat(error.remedy()).contains(remedy);
                });
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void oneWeightThatIsNoNumberIsFoundWhereverItIs(GgufType type) {
        byte[] sound = TinyAdapter.bytes(TinyAdapter.withPair(TinyAdapter.gguf(), Target.Q, 3, type));
        AdapterPair pair = TinyAdapter.check(sound).pairs().getFirst();
        for (AdapterMatrix matrix : new AdapterMatrix[] {pair.a(), pair.b()}) {
            for (int element = 0; element < matrix.rows() * matrix.columns(); element++) {
                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    byte[] file = sound.clone();
                    byte[] data =
                            Arrays.copyOfRange(file, (int) matrix.offset(), (int) (matrix.offset() + matrix.bytes()));
                    Floats.put(type, data, element, Floats.narrowed(type, bad));
                    System.arraycopy(data, 0, file, (int) matrix.offset(), data.length);
                    assertThatThrownBy(() -> TinyAdapter.check(file))
                            .isInstanceOf(MalformedGgufException.class)
                            .hasMessageContaining("row %d, column %d"
                                    .formatted(element / matrix.columns(), element % matrix.columns()));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void theLargestAndTheSmallestNumbersAreFinite(GgufType type) {
        int largest = type == GgufType.F32 ? 0x7F7F_FFFF : type == GgufType.F16 ? 0x7BFF : 0x7F7F;
        int sign = type == GgufType.F32 ? 0x8000_0000 : 0x8000;
        byte[] bytes = new byte[18 * type.blockBytes()];
        for (int i = 0; i < 18; i++) {
            Floats.put(type, bytes, i, (i % 3 == 0 ? largest : i % 3 == 1 ? 1 : 0) | (i % 2 == 0 ? sign : 0));
        }
        assertThat(FiniteScan.firstNotFinite(type, bytes, bytes.length)).isEqualTo(-1);
    }

    @Test
    void nothingFollowsTheLastTensorButItsPadding() throws IOException {
        var narrow = new LlamaModelFile("narrow", 1, 6, 1, 1, 6, 6, 300, 64, 10_000, "F32", 0, 0);
        GgufWriter writer = TinyAdapter.tensor(TinyAdapter.gguf(), Q + ".lora_a", GgufType.F16, 6, 1);
        byte[] sound = TinyAdapter.bytes(TinyAdapter.tensor(writer, Q + ".lora_b", GgufType.F16, 1, 6));
        assertThat(sound.length % 32).isEqualTo(12);
        assertThat(rankOf(sound, narrow)).isEqualTo(1);
        assertThat(rankOf(Arrays.copyOf(sound, sound.length + 20), narrow)).isEqualTo(1);
        assertThatThrownBy(() -> rankOf(Arrays.copyOf(sound, sound.length + 21), narrow))
                .isInstanceOf(MalformedGgufException.class)
                .hasMessageContaining("nothing may follow it");
    }

    private static int rankOf(byte[] file, LlamaModelFile base) throws IOException {
        return AdapterFile.check(GgufFile.read(file), ByteSource.of(file), base, 8)
                .rank();
    }

    @Test
    void aSoundAdapterIsToldInFull() {
        GgufWriter writer = TinyAdapter.withPair(TinyAdapter.gguf(), Target.DOWN, 8, GgufType.F16);
        byte[] file = TinyAdapter.bytes(TinyAdapter.withPair(writer, Target.K, 4, GgufType.BF16));
        AdapterFile adapter = TinyAdapter.check(file);
        assertThat(adapter.architecture()).isEqualTo("llama");
        assertThat(adapter.alpha()).isEqualTo(16);
        assertThat(adapter.rank()).isEqualTo(8);
        assertThat(adapter.fileBytes()).isEqualTo(file.length);
        assertThat(adapter.targets()).containsExactly(Target.K, Target.DOWN);
        AdapterPair k = adapter.pairs().getFirst();
        assertThat(k.target()).isEqualTo(Target.K);
        assertThat(k.scale()).isEqualTo(4);
        assertThat(k.a())
                .extracting(AdapterMatrix::type, AdapterMatrix::rows, AdapterMatrix::columns, AdapterMatrix::bytes)
                .containsExactly(GgufType.BF16, 4, 32, 256L);
        assertThat(k.b())
                .extracting(AdapterMatrix::rows, AdapterMatrix::columns)
                .containsExactly(16, 4);
        assertThat(k.b().offset() + k.b().bytes()).isEqualTo(file.length);
    }

    @Test
    void withoutAlphaTheScaleIsOne() {
        AdapterFile adapter =
                TinyAdapter.check(TinyAdapter.bytes(TinyAdapter.withPair(kind("llama"), Target.Q, 8, GgufType.F32)));
        assertThat(adapter.alpha()).isZero();
        assertThat(adapter.pairs().getFirst().scale()).isEqualTo(1);
    }
}
