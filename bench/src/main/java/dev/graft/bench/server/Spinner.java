package dev.graft.bench.server;

import java.io.IOException;
import java.time.Duration;

/** Another program that keeps threads busy at the usual priority, as a build or a training beside the server would. */
public final class Spinner implements AutoCloseable {
    private final Process process;

    private Spinner(Process process) {
        this.process = process;
    }

    /** A process of its own, so that the scheduler treats it as a stranger to the server. */
    public static Spinner start(Machine machine, int threads) throws IOException {
        return new Spinner(Ending.withUs(new ProcessBuilder(
                        machine.java().toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Spinner.class.getName(),
                        String.valueOf(threads))
                .inheritIO()));
    }

    /** Until its JVM has started and used a quarter of a second of processor time. */
    public void awaitBusy() throws InterruptedException {
        while (process.info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new IllegalStateException("the spinner ended: it kept nobody busy"))
                        .compareTo(Duration.ofMillis(250))
                < 0) {
            Thread.sleep(20);
        }
    }

    /** Spins until it is ended. */
    public static void main(String[] args) {
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            Thread.ofPlatform().start(Spinner::spin);
        }
    }

    @SuppressWarnings("InfiniteLoop")
    private static void spin() {
        for (double x = 1; ; x = Math.sqrt(x + 1)) {
            if (x < 0) {
                throw new IllegalStateException("a root below zero");
            }
        }
    }

    @Override
    public void close() {
        Ending.end(process);
    }
}
