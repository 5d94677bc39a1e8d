package dev.graft.lora;

/**
 * The numbers of one update.
 *
 * @param learningRate at this step
 * @param decay of weights, decoupled
 * @param step from 1
 * @param gradientScale what the gradient is multiplied by first, to clip it
 */
public record AdamW(
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double decay,
        int step,
        double gradientScale) {}
