package dev.graft.training.network;

/**
 * What one step gave.
 *
 * @param step from 1
 * @param loss mean over the learned tokens, before the weights changed
 * @param learningRate of this step
 * @param gradientNorm over all tensors, before clipping
 * @param tokens of the examples, prompts and completions
 * @param learned tokens that the loss is over
 */
public record StepReport(int step, double loss, double learningRate, double gradientNorm, int tokens, int learned) {}
