package dev.graft.bench.adapters;

import dev.graft.bench.client.Http;
import dev.graft.bench.row.Percentiles;
import dev.graft.bench.server.Broker;
import dev.graft.bench.server.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * From the call that registers a live adapter with one of three services on one broker to the last of the three's first answers that is computed with
 * it. Each service keeps adapters' files in a folder of its own, as on a machine of its own.
 */
final class Everywhere {
    private static final int SERVICES = 3;
    private static final int WARM_UP = 3;
    private static final long PAUSE_MS = 5;
    private static final long BETWEEN_MS = 300;
    private static final long LONGEST_NANOS = 30_000_000_000L;

    /** The 95th percentile over so many adapters, in ms. */
    static double p95Ms(Machine machine, AdapterFolder adapters, int count) throws Exception {
        List<Path> files = adapters.files(AdapterFolder.QV, WARM_UP + count);
        List<Server> servers = new ArrayList<>();
        try (Broker broker = Broker.start(machine);
                ExecutorService threads = Executors.newFixedThreadPool(SERVICES)) {
            List<String> settings =
                    List.of("-Dgraft.kafka.enabled=true", "-Dgraft.kafka.bootstrap=" + broker.bootstrap());
            for (int i = 0; i < SERVICES; i++) {
                servers.add(Server.start(machine, adapters, "of-three-" + i, settings));
            }
            double[] millis = new double[count];
            for (int i = -WARM_UP; i < count; i++) {
                double one = registeredToServed(servers, threads, i + WARM_UP, files.get(i + WARM_UP));
                if (i >= 0) {
                    millis[i] = one;
                }
            }
            return Percentiles.percentile(0.95, millis);
        } finally {
            servers.forEach(Server::close);
        }
    }

    private static double registeredToServed(List<Server> servers, ExecutorService threads, int number, Path file)
            throws IOException, InterruptedException {
        Server one = servers.get(number % SERVICES);
        long begin = System.nanoTime();
        List<Future<Long>> served = servers.stream()
                .map(server -> threads.submit(asking(server.running().http(), number, begin)))
                .toList();
        one.register(Server.name(number), file);
        long end = begin;
        for (Future<Long> answered : served) {
            end = Math.max(end, get(answered));
        }
        one.retire(Server.name(number)); // room for the next
        Thread.sleep(BETWEEN_MS);
        return (end - begin) / 1e6;
    }

    /** Asks until there is an answer; when that was. */
    private static Callable<Long> asking(Http http, int adapter, long begin) {
        Completion request = new Completion("\"model\":\"" + Server.name(adapter) + "\"", " the first of all", 1);
        return () -> {
            for (Http.Response response = request.post(http); ; response = request.post(http)) {
                long now = System.nanoTime();
                if (response.status() == 200) {
                    return now;
                }
                if (response.status() != 404 || now - begin > LONGEST_NANOS) {
                    throw new IllegalStateException("HTTP " + response.status() + ": " + response.body());
                }
                Thread.sleep(PAUSE_MS);
            }
        };
    }

    private static long get(Future<Long> answered) throws InterruptedException {
        try {
            return answered.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an adapter is not served: " + e.getCause(), e);
        }
    }

    private Everywhere() {}
}
