package dev.graft.training.network;

/**
 * What a training may take.
 *
 * @param memory that it shares with the other trainings of the process
 * @param threads that compute
 */
public record Resources(MemoryBudget memory, int threads) {
    /**
     * For a training alone.
     *
     * @param memoryBytes beside the JVM's heap, the mapped model file included
     */
    public Resources(long memoryBytes, int threads) {
        this(new MemoryBudget(memoryBytes), threads);
    }
}
