package dev.graft.bench.serving;

import dev.graft.bench.row.Percentiles;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.io.IOException;

/** Figures that have no peer. */
final class Alone {
    /** Median of the JVM's start to ready, in ms, the model's load and warm-up included. One start before is not counted: it writes the class archive. */
    static double readyMs(Machine machine, int starts) throws IOException, InterruptedException {
        start(machine);
        double[] millis = new double[starts];
        for (int i = 0; i < starts; i++) {
            millis[i] = start(machine);
        }
        return Percentiles.median(millis);
    }

    private static double start(Machine machine) throws IOException, InterruptedException {
        try (Running service = InferenceService.start(machine)) {
            return service.readyMs();
        }
    }

    /**
     * MB (2^20) of resident memory beyond the model file and the KV cache, after the service answered the eight clients' load: by the
     * kernel's account of the process, less the whole file, less two bytes for each K and V value of each cell.
     */
    static double overheadMb(Machine machine) throws Exception {
        try (Running service = InferenceService.start(machine)) {
            new Turns(1)
                    .medians(
                            new Completions.Eight(),
                            java.util.List.of(new Contender(Contender.Side.GRAFT, service.http())));
            return service.residentMb() - machine.modelMb() - machine.kvCacheMb();
        }
    }

    private Alone() {}
}
