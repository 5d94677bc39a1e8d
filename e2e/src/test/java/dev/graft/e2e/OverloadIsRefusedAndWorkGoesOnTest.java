package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Served and refused requests are counted, at the load that keeps all slots busy and at ten times of what was served then. */
@ExtendWith(RunningStack.Parameter.class)
class OverloadIsRefusedAndWorkGoesOnTest {
    private static final Duration WINDOW = Duration.ofSeconds(8);
    private static final int ROUNDS = 2;
    private static final long FLAT = 96L << 20;

    /** The client that sends ten times the load takes a part of the same cores, so less than the 90 % that a client elsewhere would see. */
    private static final double GOODPUT = 0.7;

    @Test
    void atTenTimesTheLoadAsMuchIsServedTheRestIs429AndMemoryIsFlat(RunningStack stack) throws Exception {
        atPeak(stack.inference());
        long before = RunningStack.residentBytes(stack.processes().inference());
        int peak = 0;
        int served = 0;
        var others = new ConcurrentHashMap<Integer, AtomicInteger>();
        for (int round = 0; round < ROUNDS; round++) {
            int now = atPeak(stack.inference());
            peak += now;
            served += offered(stack.inference(), 10 * now, others);
        }

        assertThat(others.keySet()).as("what was not served").containsOnly(429);
        assertThat(served).as("goodput, at peak %d", peak).isGreaterThanOrEqualTo((int) (GOODPUT * peak));
        assertThat(RunningStack.residentBytes(stack.processes().inference()) - before)
                .as("growth of resident memory")
                .isLessThan(FLAT);
    }

    @Test
    void aRefusalSaysWhenToComeBack(RunningStack stack) throws Exception {
        var refusals = new ConcurrentHashMap<String, Integer>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4 * (RunningStack.QUEUE + RunningStack.SLOTS); i++) {
                int number = i;
                var _ = clients.submit(() -> {
                    Web.Reply reply = complete(stack.inference(), number);
                    if (reply.status() == 429) {
                        refusals.put(
                                reply.headers().firstValue("Retry-After").orElse("missing"),
                                reply.json()
                                        .path("error")
                                        .path("message")
                                        .asText()
                                        .length());
                    }
                    return reply.status();
                });
            }
        }
        assertThat(refusals.keySet()).isNotEmpty().allMatch(seconds -> seconds.matches("[1-9]\\d*"));
        assertThat(refusals.values()).allMatch(length -> length > 0);
    }

    /** Requests that were served within the window by as many clients as there are slots, each with one at a time. */
    private static int atPeak(Web web) throws InterruptedException {
        var served = new AtomicInteger();
        long end = System.nanoTime() + WINDOW.toNanos();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < RunningStack.SLOTS; i++) {
                int client = i;
                var _ = clients.submit(() -> {
                    for (int n = 0; System.nanoTime() < end; n++) {
                        if (complete(web, client * 1000 + n).status() == 200 && System.nanoTime() < end) {
                            served.incrementAndGet();
                        }
                    }
                    return client;
                });
            }
        }
        return served.get();
    }

    /** Sends so many requests evenly over the window, whatever becomes of them; counts those that were served within it. */
    private static int offered(Web web, int requests, Map<Integer, AtomicInteger> others) throws InterruptedException {
        var served = new AtomicInteger();
        long begin = System.nanoTime();
        long end = begin + WINDOW.toNanos();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                int number = i;
                TimeUnit.NANOSECONDS.sleep(begin + WINDOW.toNanos() / requests * i - System.nanoTime());
                var _ = clients.submit(() -> {
                    int status = complete(web, number).status();
                    if (status != 200) {
                        others.computeIfAbsent(status, s -> new AtomicInteger()).incrementAndGet();
                    } else if (System.nanoTime() < end) {
                        served.incrementAndGet();
                    }
                    return status;
                });
            }
        }
        return served.get();
    }

    private static Web.Reply complete(Web web, int number) throws Exception {
        return web.post(
                "/v1/completions",
                Map.of(
                        "model",
                        RunningStack.MODEL,
                        "prompt",
                        "Number " + number + " is",
                        "max_tokens",
                        16,
                        "temperature",
                        0));
    }
}
