package dev.graft.training.network;

/**
 * What a training may take.
 *
 * @param memoryBytes beside the JVM's heap, the mapped model file included
 * @param threads that compute
 * @param nice added to their scheduling priority, 0 to 19
 */
public record Resources(long memoryBytes, int threads, int nice) {}
