package dev.graft.bench.server;

import java.util.concurrent.TimeUnit;

/** How a process is ended: asked, then, where it does not listen, forced. */
final class Ending {
    static void end(Process process) {
        process.destroy();
        process.onExit().completeOnTimeout(process, 15, TimeUnit.SECONDS).join();
        if (process.isAlive()) {
            process.destroyForcibly().onExit().join();
        }
    }

    private Ending() {}
}
