package dev.graft.bench.overload;

import dev.graft.bench.client.Connection;
import dev.graft.bench.client.Http;
import dev.graft.bench.server.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tokens of answers that a service computes in a second, by its own count: requests end in groups, tokens don't. All answers have the same
 * number of tokens, and none is broken off.
 */
record Goodput(Http http, ConcurrentLinkedQueue<Connection> idle) implements AutoCloseable {
    /** Of each answer. */
    static final int TOKENS = 48;

    private static final Duration WINDOW = Duration.ofSeconds(8);

    Goodput(Http http) {
        this(http, new ConcurrentLinkedQueue<>());
    }

    /** For as many clients as there are slots, each with one request at a time. */
    double atPeak() throws IOException, InterruptedException {
        long end = System.nanoTime() + WINDOW.toNanos();
        AtomicInteger number = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < Machine.SLOTS; i++) {
                running.add(clients.submit(() -> {
                    while (System.nanoTime() < end) {
                        require(complete(number.getAndIncrement()) == 200, "a request was refused at the peak");
                    }
                    return null;
                }));
            }
            double served = tokensPerSecondUntil(end);
            awaitAll(running);
            return served;
        }
    }

    /**
     * For requests that come evenly, whatever becomes of those before.
     *
     * @param perSecond how many
     * @throws IllegalStateException where one was neither served nor refused, or none was refused
     */
    double offered(double perSecond) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        long end = begin + WINDOW.toNanos();
        AtomicInteger refused = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Double> served = clients.submit(() -> tokensPerSecondUntil(end));
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; System.nanoTime() < end; i++) {
                int number = i;
                running.add(clients.submit(() -> {
                    int status = complete(number);
                    require(status == 200 || status == 429, "a request got status " + status);
                    return refused.addAndGet(status == 429 ? 1 : 0);
                }));
                TimeUnit.NANOSECONDS.sleep(begin + (long) (1e9 / perSecond * (i + 1)) - System.nanoTime());
            }
            awaitAll(running);
            require(refused.get() > 0, "nothing was refused");
            return get(served);
        }
    }

    private double tokensPerSecondUntil(long end) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        double before = tokens();
        TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
        return (tokens() - before) / ((System.nanoTime() - begin) / 1e9);
    }

    private double tokens() throws IOException {
        return http.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("graft_decode_tokens_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The status, on a connection that no other call uses now. */
    private int complete(int number) throws IOException {
        Connection free = idle.poll();
        Connection connection = free == null ? Connection.open(http) : free;
        int status = connection
                .post(
                        "/v1/completions",
                        "{\"prompt\":\"Number " + number + " is\",\"max_tokens\":" + TOKENS
                                + ",\"temperature\":0,\"ignore_eos\":true}")
                .status();
        idle.add(connection);
        return status;
    }

    private static void awaitAll(List<Future<?>> running) throws InterruptedException {
        for (Future<?> one : running) {
            get(one);
        }
    }

    private static <T> T get(Future<T> one) throws InterruptedException {
        try {
            return one.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client's request failed: " + e.getCause(), e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : idle) {
            connection.close();
        }
    }
}
