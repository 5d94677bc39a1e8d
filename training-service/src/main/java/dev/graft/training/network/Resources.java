package dev.graft.training.network;

/**
 * What a training may take.
 *
 * @param memoryBytes beside the JVM's heap, the mapped model file included
 * @param threads that compute
 */
public record Resources(long memoryBytes, int threads) {}
