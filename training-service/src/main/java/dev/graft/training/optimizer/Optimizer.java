package dev.graft.training.optimizer;

import dev.graft.lora.AdamW;
import dev.graft.lora.Kernels;
import dev.graft.training.recipe.Recipe;
import java.util.List;

/** AdamW with the gradient's norm over all tensors clipped, as PyTorch's {@code clip_grad_norm_} and {@code AdamW} do it. */
public final class Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double NORM_EPSILON = 1e-6;

    private final Kernels kernels;
    private final List<Parameter> parameters;
    private final double clipNorm;
    private final double decay;

    public Optimizer(Kernels kernels, List<Parameter> parameters, Recipe recipe) {
        this.kernels = kernels;
        this.parameters = List.copyOf(parameters);
        this.clipNorm = recipe.clipNorm();
        this.decay = recipe.weightDecay();
    }

    /** Forgets the last step's gradients. */
    public void clearGradients() {
        parameters.forEach(parameter -> kernels.clear(parameter.gradient()));
    }

    /**
     * Changes the weights.
     *
     * @param step from 1
     * @return the gradient's norm before it was clipped
     */
    public double update(int step, double learningRate) {
        double norm = Math.sqrt(parameters.stream()
                .mapToDouble(parameter -> kernels.sumOfSquares(parameter.gradient()))
                .sum());
        double scale = clipNorm > 0 ? Math.min(1, clipNorm / (norm + NORM_EPSILON)) : 1;
        for (Parameter parameter : parameters) {
            var numbers = new AdamW(learningRate * parameter.rateFactor(), BETA1, BETA2, EPSILON, decay, step, scale);
            kernels.adamW(parameter.weight(), parameter.gradient(), parameter.first(), parameter.second(), numbers);
        }
        return norm;
    }
}
