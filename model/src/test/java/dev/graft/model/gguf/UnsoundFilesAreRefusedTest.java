package dev.graft.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.model.Fetched;
import dev.graft.model.LlamaModelFile;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UnsoundFilesAreRefusedTest {
    static Stream<Arguments> unsound() {
        return Stream.of(
                unsound(
                        "magic",
                        "begins with the letters GGUF",
                        new GgufBytes().ascii("GGML").zeros(40)),
                unsound("magic", "bytes of the file are left", new GgufBytes().ascii("GG")),
                unsound("version", "versions 2 and 3", GgufBytes.header(1, 0, 0)),
                unsound("version", "big-endian", GgufBytes.header(Integer.reverseBytes(3), 0, 0)),
                unsound("tensor count", "at most", GgufBytes.header(3, -1, 0)),
                unsound("tensor count", "at most", GgufBytes.header(3, Long.MAX_VALUE / 2, 0)),
                unsound("metadata count", "at most", GgufBytes.header(3, 0, 1L << 40)),
                unsound("metadata[0].key", "only", entry().int64(1L << 15).zeros(20)),
                unsound("metadata[0].key", "at most", entry().int64(1L << 40).zeros(20)),
                unsound(
                        "metadata[0].key",
                        "at least one letter",
                        entry().text("").int32(0).zeros(20)),
                unsound(
                        "metadata[0].key",
                        "UTF-8",
                        entry().int64(1).int8(0xFF).int32(0).zeros(20)),
                unsound("k", "value types run", entry().text("k").int32(13).zeros(20)),
                unsound(
                        "k",
                        "0 or 1",
                        entry().key("k", GgufValueType.BOOL).int8(2).zeros(20)),
                unsound(
                        "k",
                        "only",
                        entry().key("k", GgufValueType.STRING).int64(21).zeros(20)),
                unsound(
                        "k",
                        "no nested arrays",
                        entry().key("k", GgufValueType.ARRAY).int32(9).zeros(20)),
                unsound(
                        "k",
                        "fit in",
                        entry().key("k", GgufValueType.ARRAY).int32(4).int64(6).zeros(20)),
                unsound(
                        "k",
                        "fit in",
                        entry().key("k", GgufValueType.ARRAY)
                                .int32(8)
                                .int64(1L << 60)
                                .zeros(20)),
                unsound(
                        "k",
                        "only",
                        entry().key("k", GgufValueType.ARRAY)
                                .int32(8)
                                .int64(1)
                                .int64(50)
                                .zeros(20)),
                unsound("metadata[1].key", "stands once", twice()),
                unsound(GgufFile.ALIGNMENT, "power of two", alignment(48)),
                unsound(GgufFile.ALIGNMENT, "power of two", alignment(0)),
                unsound("tensors[0].name", "1 to 63", tensor().int64(64).zeros(100)),
                unsound(
                        "tensors[0] (t).shape",
                        "1 to 4",
                        tensor().text("t").int32(5).zeros(100)),
                unsound(
                        "tensors[0] (t).shape",
                        "at least 1",
                        tensor().tensor("t", GgufType.F32, 0, 0).zeros(100)),
                unsound(
                        "tensors[0] (t).shape",
                        "at least 1",
                        tensor().tensor("t", GgufType.F32, 0, -1).zeros(100)),
                unsound(
                        "tensors[0] (t).shape",
                        "more elements",
                        tensor().tensor("t", GgufType.F32, 0, 1L << 40, 1L << 40)
                                .zeros(100)),
                unsound(
                        "tensors[0] (t).shape",
                        "than the file has",
                        tensor().tensor("t", GgufType.F32, 0, 999).zeros(99)),
                unsound(
                        "tensors[0] (t).shape",
                        "multiple of 32",
                        tensor().tensor("t", GgufType.Q4_1, 0, 33).zeros(99)),
                unsound(
                        "tensors[0] (t).type",
                        "no such type",
                        tensor().text("t").int32(1).int64(4).int32(4).int64(0).zeros(99)),
                unsound(
                        "tensors[0] (t).offset",
                        "alignment",
                        tensor().tensor("t", GgufType.F32, 8, 4).zeros(99)),
                unsound(
                        "tensors[0] (t).offset",
                        "gap",
                        tensor().tensor("t", GgufType.F32, 32, 4).zeros(99)),
                unsound("tensors[1] (u).offset", "overlaps", tensors("u", 0)),
                unsound("tensors", "stands once", tensors("t", 32)),
                unsound(
                        "t.offset",
                        "download complete",
                        tensor().tensor("t", GgufType.F32, 0, 4).padded(32).zeros(15)));
    }

    private static Arguments unsound(String field, String remedy, GgufBytes file) {
        return Arguments.of(field, remedy, file.bytes());
    }

    private static GgufBytes entry() {
        return GgufBytes.header(3, 0, 1);
    }

    private static GgufBytes tensor() {
        return GgufBytes.header(3, 1, 0);
    }

    private static GgufBytes twice() {
        return GgufBytes.header(3, 0, 2)
                .key("k", GgufValueType.INT8)
                .int8(1)
                .key("k", GgufValueType.INT8)
                .int8(1)
                .zeros(9);
    }

    private static GgufBytes alignment(int value) {
        return entry().key(GgufFile.ALIGNMENT, GgufValueType.UINT32)
                .int32(value)
                .zeros(64);
    }

    private static GgufBytes tensors(String second, long offset) {
        return GgufBytes.header(3, 2, 0)
                .tensor("t", GgufType.F32, 0, 4)
                .tensor(second, GgufType.F32, offset, 4)
                .padded(32)
                .zeros(64);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("unsound")
    void theErrorNamesTheFieldAndWhatWouldBeRight(String field, String remedy, byte[] file) {
        assertThatThrownBy(() -> GgufFile.read(file)).isInstanceOfSatisfying(MalformedGgufException.class, error -> {
            assertThat(error.field()).isEqualTo(field);
            assertThat(error.remedy()).contains(remedy);
            assertThat(error).hasMessageContaining(error.field()).hasMessageContaining(error.value());
        });
    }

    @Test
    void aSoundFileIsReadInFull() {
        GgufFile file = GgufFile.read(GgufBytes.header(2, 1, 4)
                .key(GgufFile.ALIGNMENT, GgufValueType.UINT32)
                .int32(64)
                .key("words", GgufValueType.ARRAY)
                .int32(GgufValueType.STRING.code())
                .int64(2)
                .text("")
                .text("wörd")
                .key("small", GgufValueType.INT8)
                .int8(-3)
                .key("many", GgufValueType.ARRAY)
                .int32(GgufValueType.UINT8.code())
                .int64(2)
                .int8(200)
                .int8(1)
                .tensor("t", GgufType.Q4_1, 0, 32, 3)
                .padded(64)
                .zeros(60)
                .bytes());
        assertThat(file.version()).isEqualTo(2);
        assertThat(file.texts("words").orElseThrow().get(1)).isEqualTo("wörd");
        assertThat(file.whole("small")).hasValue(-3L);
        assertThat(file.numbers("many").orElseThrow().whole(0)).isEqualTo(200);
        TensorInfo tensor = file.tensor("t").orElseThrow();
        assertThat(tensor.bytes()).isEqualTo(60);
        assertThat(tensor.offset()).isEqualTo(file.dataOffset()).isEqualTo(file.fileBytes() - 60);
        assertThatThrownBy(() -> file.text("small"))
                .isInstanceOf(MalformedGgufException.class)
                .hasMessageContaining("must be a text");
    }

    @Test
    void smolLm2sFactsAreFound() throws IOException {
        LlamaModelFile facts = LlamaModelFile.check(GgufFile.read(Fetched.smolLm()));
        assertThat(facts)
                .isEqualTo(new LlamaModelFile(
                        "Smollm2 135M 8k Lc100K Mix1 Ep2",
                        30,
                        576,
                        9,
                        3,
                        64,
                        1536,
                        49152,
                        8192,
                        100_000,
                        "Q4_1",
                        134_515_008,
                        98_362_432));
    }

    @Test
    void aVocabularyAloneIsNoModel() throws IOException {
        GgufFile vocabulary = GgufFile.read(Fetched.llamaModels().resolve("ggml-vocab-llama-spm.gguf"));
        assertThatThrownBy(() -> LlamaModelFile.check(vocabulary))
                .isInstanceOf(MalformedGgufException.class)
                .hasMessageContaining("token_embd.weight")
                .hasMessageContaining("[4096, 32000]");
    }

    @Test
    void anotherArchitectureIsNoLlama() throws IOException {
        GgufFile other = GgufFile.read(Fetched.llamaModels().resolve("ggml-vocab-qwen2.gguf"));
        assertThatThrownBy(() -> LlamaModelFile.check(other)).hasMessageContaining("general.architecture");
    }
}
