package dev.graft.bench.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How a process is ended: asked, then, where it does not listen, forced; and with us, should we be ended first. */
public final class Ending {
    /** Starts it so that it does not outlive us. */
    public static Process withUs(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
        return process;
    }

    public static void end(Process process) {
        process.destroy();
        process.onExit().completeOnTimeout(process, 15, TimeUnit.SECONDS).join();
        if (process.isAlive()) {
            process.destroyForcibly().onExit().join();
        }
    }

    private Ending() {}
}
