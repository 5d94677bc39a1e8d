package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.lora.Weight;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last norm and the output layer. The hidden state has the learned rows first: those that only fill it up are not computed. */
final class OutputHead {
    private final Kernels kernels;
    private final Tensor norm;
    private final double epsilon;
    private final Weight output;
    private final boolean bf16;
    private final Tensor normed;
    private final Tensor inverse;
    private final Tensor dnormed;
    /** One row for all of the vocabulary: only who compares models asks for it. */
    private @Nullable Tensor logits;

    OutputHead(Kernels kernels, BaseModel base, boolean bf16, int rows) {
        this.kernels = kernels;
        this.norm = base.vector(kernels, "output_norm.weight");
        this.epsilon = base.epsilon();
        this.output = base.output();
        this.bf16 = bf16;
        int width = base.facts().width();
        this.normed = kernels.allocate(rows, width);
        this.inverse = kernels.allocate(rows, 1);
        this.dnormed = kernels.allocate(rows, width);
    }

    /** Floats of one row with loss. */
    static long floatsOfRow(Shape shape) {
        return 2L * shape.width() + 1;
    }

    /** Log-probabilities of the batch's targets. */
    float[] logProbabilities(PackedBatch batch, Tensor hidden) {
        int rows = batch.targets().length;
        normalise(hidden, rows);
        return kernels.logProbabilities(bf16, normed.top(rows), output, batch.targets());
    }

    /**
     * The same, and the gradient of {@code -scale · Σ log p}.
     *
     * @param dhidden of the hidden state; overwritten
     */
    float[] lossAndGradient(PackedBatch batch, Tensor hidden, double scale, Tensor dhidden) {
        int rows = batch.targets().length;
        normalise(hidden, rows);
        float[] logProbabilities =
                kernels.crossEntropy(bf16, normed.top(rows), output, batch.targets(), scale, dnormed.top(rows));
        kernels.clear(dhidden);
        kernels.rmsNormBackward(dnormed.top(rows), hidden.top(rows), norm, inverse.top(rows), dhidden.top(rows), false);
        return logProbabilities;
    }

    /** All logits of the rows that predict the batch's targets, [targets][vocabulary]. */
    List<float[]> logits(PackedBatch batch, Tensor hidden) {
        int rows = batch.targets().length;
        normalise(hidden, rows);
        List<float[]> logits = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            kernels.gather(normed.top(rows), new int[] {row}, dnormed.top(1));
            kernels.linear(bf16, dnormed.top(1), output, rowOfLogits(), false);
            float[] copy = new float[output.outputs()];
            kernels.download(rowOfLogits(), copy);
            logits.add(copy);
        }
        return logits;
    }

    private Tensor rowOfLogits() {
        Tensor row = logits;
        if (row == null) {
            row = kernels.allocate(1, output.outputs());
            logits = row;
        }
        return row;
    }

    private void normalise(Tensor hidden, int rows) {
        kernels.rmsNorm(hidden.top(rows), norm, epsilon, normed.top(rows), inverse.top(rows));
    }
}
