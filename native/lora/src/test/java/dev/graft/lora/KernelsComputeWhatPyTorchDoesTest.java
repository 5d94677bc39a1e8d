package dev.graft.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.lora.Kernels.RotaryLayout;
import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kernel, forward and backward, against PyTorch in double precision on the same numbers: see {@link Golden}. */
class KernelsComputeWhatPyTorchDoesTest extends OnEachInstructionSet {
    @Test
    void rmsNorm() throws IOException {
        Golden golden = Golden.read("rmsnorm");
        Tensor x = golden.on(kernels, "x");
        Tensor w = golden.on(kernels, "w");
        Tensor y = golden.like(kernels, "y");
        Tensor inverse = kernels.allocate(x.rows(), 1);
        kernels.rmsNorm(x, w, 1e-5, y, inverse);
        golden.assertIs("y", kernels, y);
        Tensor dx = golden.like(kernels, "dx");
        kernels.rmsNormBackward(golden.on(kernels, "dy"), x, w, inverse, dx, false);
        golden.assertIs("dx", kernels, dx);
    }

    @Test
    void swiGlu() throws IOException {
        Golden golden = Golden.read("swiglu");
        Tensor gate = golden.on(kernels, "gate");
        Tensor up = golden.on(kernels, "up");
        Tensor out = golden.like(kernels, "out");
        kernels.swiGlu(gate, up, out);
        golden.assertIs("out", kernels, out);
        Tensor dgate = golden.like(kernels, "dgate");
        Tensor dup = golden.like(kernels, "dup");
        kernels.swiGluBackward(golden.on(kernels, "dout"), gate, up, dgate, dup);
        golden.assertIs("dgate", kernels, dgate);
        golden.assertIs("dup", kernels, dup);
    }

    /** Hugging Face turns halves; rows of a GGUF file are permuted so that pairs turn. */
    @ParameterizedTest
    @CsvSource({"plain", "linear", "llama-3", "yarn"})
    void rotation(String scaling) throws IOException {
        Golden golden = Golden.read("rope-" + scaling);
        Tensor table = golden.on(kernels, "table");
        int[] positions = golden.matrix("positions").wholes();
        for (RotaryLayout layout : RotaryLayout.values()) {
            String name = layout.name().toLowerCase(Locale.ROOT);
            Tensor x = golden.on(kernels, "x_" + name);
            int heads = x.columns() / table.columns();
            kernels.rotate(x, heads, positions, table, layout, false);
            golden.assertIs("y_" + name, kernels, x);
            Tensor dy = golden.on(kernels, "dy_" + name);
            kernels.rotate(dy, heads, positions, table, layout, true);
            golden.assertIs("dx_" + name, kernels, dy);
        }
    }

    /** Packed, with the prefix computed once, against each example alone with the prefix before it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 35})
    void attention(int prefix) throws IOException {
        Golden golden = Golden.read("attention-" + prefix);
        Tensor q = golden.on(kernels, "q");
        Tensor k = golden.on(kernels, "k");
        Tensor v = golden.on(kernels, "v");
        int heads = 4;
        int kvHeads = 2;
        Segments segments = Segments.of(
                prefix, Arrays.stream(golden.matrix("lengths").wholes()).boxed().toList());
        Tensor out = golden.like(kernels, "out");
        Tensor logSums = kernels.allocate(q.rows(), heads);
        kernels.attention(false, q, k, v, segments, heads, kvHeads, out, logSums);
        golden.assertIs("out", kernels, out);
        Tensor dq = golden.like(kernels, "dq");
        Tensor dk = golden.like(kernels, "dk");
        Tensor dv = golden.like(kernels, "dv");
        kernels.attentionBackward(
                false, golden.on(kernels, "dout"), out, q, k, v, logSums, segments, heads, kvHeads, dq, dk, dv);
        golden.assertIs("dq", kernels, dq);
        golden.assertIs("dk", kernels, dk);
        golden.assertIs("dv", kernels, dv);
    }

    @Test
    void crossEntropy() throws IOException {
        Golden golden = Golden.read("cross-entropy");
        Tensor x = golden.on(kernels, "x");
        Golden.Matrix w = golden.matrix("w");
        var weight = new Weight(w.on(kernels).data(), GgufType.F32, w.rows(), w.columns());
        Tensor dx = golden.like(kernels, "dx");
        float[] logP =
                kernels.crossEntropy(false, x, weight, golden.matrix("targets").wholes(), 0.25, dx);
        Numbers.assertClose("log p", logP, golden.matrix("log_p").numbers(), 1e-5);
        golden.assertIs("dx", kernels, dx);
    }

    @ParameterizedTest
    @EnumSource
    void loraBesideALinearLayer(Stabilised stabilised) throws IOException {
        Golden golden = Golden.read(stabilised.golden);
        Golden.Matrix w = golden.matrix("w");
        var weight = new Weight(w.on(kernels).data(), GgufType.F32, w.rows(), w.columns());
        Tensor x = golden.on(kernels, "x");
        Tensor a = golden.on(kernels, "a");
        Tensor b = golden.on(kernels, "b");
        Tensor y = golden.like(kernels, "y");
        Tensor u = kernels.allocate(x.rows(), a.rows());
        kernels.linear(false, x, weight, y, false);
        kernels.product(x, false, a, true, u, false);
        kernels.scale(stabilised.scale, u);
        kernels.product(u, false, b, true, y, true);
        golden.assertIs("y", kernels, y);

        Tensor dy = golden.on(kernels, "dy");
        Tensor du = kernels.allocate(x.rows(), a.rows());
        Tensor da = golden.like(kernels, "da");
        Tensor db = golden.like(kernels, "db");
        Tensor dx = golden.like(kernels, "dx");
        kernels.product(dy, true, u, false, db, false);
        kernels.product(dy, false, b, false, du, false);
        kernels.scale(stabilised.scale, du);
        kernels.product(du, true, x, false, da, false);
        kernels.linearBackward(false, dy, weight, dx, false);
        kernels.product(du, false, a, false, dx, true);
        golden.assertIs("db", kernels, db);
        golden.assertIs("da", kernels, da);
        golden.assertIs("dx", kernels, dx);
    }

    /** Rank 4, alpha 10. */
    enum Stabilised {
        NO("lora", 10.0 / 4),
        YES("lora-stabilised", 10.0 / 2);

        final String golden;
        final double scale;

        Stabilised(String golden, double scale) {
            this.golden = golden;
            this.scale = scale;
        }
    }

    @Test
    void adamWOverSixSteps() throws IOException {
        Golden golden = Golden.read("adamw");
        Tensor weight = golden.on(kernels, "weight");
        Tensor first = golden.like(kernels, "first");
        Tensor second = golden.like(kernels, "second");
        Golden.Matrix gradients = golden.matrix("gradients");
        for (int step = 0; step < gradients.rows(); step++) {
            Tensor gradient = Numbers.tensor(kernels, gradients.row(step), gradients.columns());
            double rate = golden.matrix("rates").numbers()[step];
            kernels.adamW(weight, gradient, first, second, new AdamW(rate, 0.9, 0.999, 1e-8, 0.01, step + 1, 0.7));
            Numbers.assertClose(
                    "weight after step " + (step + 1),
                    Numbers.floats(kernels, weight),
                    golden.matrix("weights").row(step),
                    1e-6);
        }
        golden.assertIs("first", kernels, first);
        golden.assertIs("second", kernels, second);
    }

    /** The mask is each one's own. What it keeps is the same, and so is what comes out in the mean. */
    @Test
    void dropout() throws IOException {
        Golden golden = Golden.read("dropout");
        double share = 0.3;
        int streams = 2000;
        Tensor x = golden.on(kernels, "x");
        Tensor dy = golden.on(kernels, "dy");
        Tensor y = golden.like(kernels, "x");
        Tensor dx = golden.like(kernels, "x");
        double[] kept = golden.matrix("kept").numbers();
        double[] keptBack = golden.matrix("dx_kept").numbers();
        double[] sums = new double[kept.length];
        for (int stream = 0; stream < streams; stream++) {
            kernels.dropout(x, share, 5, stream, y, false);
            kernels.dropout(dy, share, 5, stream, dx, false);
            float[] found = Numbers.floats(kernels, y);
            float[] back = Numbers.floats(kernels, dx);
            for (int i = 0; i < kept.length; i++) {
                boolean left = found[i] != 0;
                assertThat((double) found[i]).isCloseTo(left ? kept[i] : 0, within(1e-5 * Math.abs(kept[i])));
                assertThat((double) back[i]).isCloseTo(left ? keptBack[i] : 0, within(1e-5 * Math.abs(keptBack[i])));
                sums[i] += found[i];
            }
        }
        double[] mean = golden.matrix("mean").numbers();
        for (int i = 0; i < mean.length; i++) {
            double deviation = Math.abs(mean[i]) * Math.sqrt(share / (1 - share) / streams);
            assertThat(sums[i] / streams).as("mean of element %d", i).isCloseTo(mean[i], within(5 * deviation));
        }
    }
}
