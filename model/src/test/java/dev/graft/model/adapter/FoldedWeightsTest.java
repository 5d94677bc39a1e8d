package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.model.gguf.GgufType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FoldedWeightsTest {
    private static final float[] FACTORS = {
        0.5f, 0.3f, 0.70710677f, 1.1f, 1.5f, 3, 2.828427f, 1e-6f, 1e6f, 1e-15f, 1e15f
    };

    /** Any finite numbers at all: subnormal, huge, zeros of both signs; products that overflow or vanish too. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void whateverIsFoldedComesBackToTheLastBit(GgufType type) {
        var random = new Random(20261128);
        byte[] weights = new byte[5_000 * type.blockBytes()];
        for (int i = 0; i < 5_000; i++) {
            int bits =
                    random.nextInt(16) == 0 ? random.nextInt(3) << (random.nextBoolean() ? 31 : 15) : random.nextInt();
            boolean finite = Float.isFinite(Floats.widened(type, bits));
            Floats.put(type, weights, i, finite ? bits : 0);
        }
        for (float factor : FACTORS) {
            byte[] folded = FoldedWeights.folded(type, weights, factor);
            String residue = FoldedWeights.residue(type, weights, factor);
            assertThat(FoldedWeights.unfolded(type, folded, factor, residue))
                    .as("times %s", factor)
                    .isEqualTo(weights);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void sixteenBitsOfUsualSizeLeaveNoResidue(GgufType type) {
        byte[] weights = TinyAdapter.weights(type, 10_000, 7);
        assertThat(FoldedWeights.residue(type, weights, 0.70710677f)).isEmpty();
        assertThat(FoldedWeights.residue(type, weights, 2.828427f)).isEmpty();
    }

    @Test
    void thirtyTwoBitsLeaveLittle() {
        byte[] weights = TinyAdapter.weights(GgufType.F32, 100_000, 8);
        assertThat(FoldedWeights.residue(GgufType.F32, weights, 4)).isEmpty();
        assertThat(FoldedWeights.residue(GgufType.F32, weights, 1.5f))
                .isNotEmpty()
                .hasSizeLessThan(weights.length / 10);
    }

    @Test
    void aResidueThatIsCutOffOrNoneAtAllIsRefused() {
        byte[] weights = TinyAdapter.weights(GgufType.F32, 1_000, 9);
        byte[] folded = FoldedWeights.folded(GgufType.F32, weights, 1.5f);
        String residue = FoldedWeights.residue(GgufType.F32, weights, 1.5f);
        for (String wrong : new String[] {residue.substring(0, residue.length() / 2), "?", "AAAA", residue + "!"}) {
            assertThatThrownBy(() -> FoldedWeights.unfolded(GgufType.F32, folded, 1.5f, wrong))
                    .isInstanceOf(MalformedPeftException.class)
                    .hasMessageContaining("as the import wrote it");
        }
    }
}
