package dev.graft.training.dataset;

/** How much of the heap the examples of a job may take: they are all in memory, with their texts, while they are judged. */
final class HeapRoom {
    /** Of the example's objects, and of what tells repeats. */
    private static final int EXAMPLE_BYTES = 512;

    /** Of the token itself, and of the text that it stands for, which is held as prompt and as input. */
    private static final int TOKEN_BYTES = 16;

    private final long bytes;
    private long taken;

    /** @param bytes that all files together may take */
    HeapRoom(long bytes) {
        this.bytes = bytes;
    }

    /** Half of what there is: the rest is for what the service does beside. */
    static HeapRoom ofThisProcess() {
        return new HeapRoom(Runtime.getRuntime().maxMemory() / 2);
    }

    /** One more example. */
    void take(int tokens) {
        taken += EXAMPLE_BYTES + (long) TOKEN_BYTES * tokens;
    }

    boolean isFull() {
        return taken >= bytes;
    }

    /** What is too much, and what would help. */
    String remedy() {
        return "the examples need more than " + (bytes >> 20)
                + " MiB, half of the heap: take fewer or shorter ones, or raise -Xmx (training-service/jvm.options)";
    }
}
