package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.MalformedGgufException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnAdapterIsCheckedAsItIsReadTest {
    /** Its A has more bytes than are read at once. */
    private static final LlamaModelFile WIDE =
            new LlamaModelFile("wide", 1, 4096, 1, 1, 4096, 4096, 300, 64, 10_000, "F32", 0, 0);

    private record Given(AdapterPair pair, byte[] a, byte[] b) {}

    private static List<Given> read(byte[] file, LlamaModelFile base, int mostRank, List<Given> into) {
        try {
            AdapterFile.read(GgufFile.read(file), ByteSource.of(file), base, mostRank, (pair, a, b) -> {
                assertThat(a.isNative() && b.isNative()).isTrue();
                into.add(new Given(pair, bytes(a), bytes(b)));
            });
            return into;
        } catch (IOException e) {
            throw new IllegalStateException("reading memory does not fail", e);
        }
    }

    private static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] slice(byte[] file, AdapterMatrix matrix) {
        return Arrays.copyOfRange(file, (int) matrix.offset(), (int) (matrix.offset() + matrix.bytes()));
    }

    @Test
    void eachPairIsGivenWhole() {
        byte[] file = TinyAdapter.bytes(TinyAdapter.withPair(
                TinyAdapter.withPair(TinyAdapter.gguf(), Target.Q, 2, GgufType.F32), Target.V, 3, GgufType.F16));
        List<Given> given = read(file, TinyAdapter.BASE, TinyAdapter.MOST_RANK, new ArrayList<>());
        assertThat(given.stream().map(Given::pair))
                .containsExactlyElementsOf(TinyAdapter.check(file).pairs());
        for (Given one : given) {
            assertThat(one.a()).isEqualTo(slice(file, one.pair().a()));
            assertThat(one.b()).isEqualTo(slice(file, one.pair().b()));
        }
    }

    @Test
    void aMatrixOfManyPiecesIsGivenWhole() {
        byte[] file = wide();
        for (int at = file.length / 2; at < file.length; at++) {
            file[at] = (byte) (at * 31 & 0x3f);
        }
        List<Given> given = read(file, WIDE, 64, new ArrayList<>());
        assertThat(given).hasSize(1);
        assertThat(given.getFirst().a())
                .hasSizeGreaterThan(1 << 18)
                .isEqualTo(slice(file, given.getFirst().pair().a()));
        assertThat(given.getFirst().b())
                .isEqualTo(slice(file, given.getFirst().pair().b()));
    }

    private static byte[] wide() {
        String weight = Target.DOWN.tensor(0);
        return TinyAdapter.bytes(TinyAdapter.tensor(
                TinyAdapter.tensor(TinyAdapter.gguf(), weight + AdapterCheck.A, GgufType.F32, 4096, 64),
                weight + AdapterCheck.B,
                GgufType.F32,
                64,
                4096));
    }

    @Test
    void noPairIsGivenThatHasAWeightWhichIsNoNumber() {
        byte[] file = TinyAdapter.bytes(TinyAdapter.withPair(
                TinyAdapter.withPair(TinyAdapter.gguf(), Target.Q, 2, GgufType.F32), Target.V, 3, GgufType.F32));
        AdapterPair second = TinyAdapter.check(file).pairs().getLast();
        byte[] last = slice(file, second.b());
        Floats.put(GgufType.F32, last, last.length / 4 - 1, Float.floatToRawIntBits(Float.NaN));
        System.arraycopy(last, 0, file, (int) second.b().offset(), last.length);
        List<Given> given = new ArrayList<>();
        assertThatThrownBy(() -> read(file, TinyAdapter.BASE, TinyAdapter.MOST_RANK, given))
                .isInstanceOf(MalformedGgufException.class)
                .hasMessageContaining(Target.V.tensor(0) + ".lora_b");
        assertThat(given.stream().map(one -> one.pair().target())).containsExactly(Target.Q);
    }

    @Test
    void noPairIsGivenWhereANameOrShapeIsWrong() {
        byte[] file = TinyAdapter.bytes(TinyAdapter.tensor(
                TinyAdapter.withPair(TinyAdapter.gguf(), Target.Q, 2, GgufType.F32), "graft", GgufType.F32, 32));
        List<Given> given = new ArrayList<>();
        assertThatThrownBy(() -> read(file, TinyAdapter.BASE, TinyAdapter.MOST_RANK, given))
                .isInstanceOf(MalformedGgufException.class);
        assertThat(given).isEmpty();
    }
}
