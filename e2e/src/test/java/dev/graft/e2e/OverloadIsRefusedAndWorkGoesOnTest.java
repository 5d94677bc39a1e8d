package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is served at the load that keeps all slots busy, and at ten times of it. Goodput is counted in tokens of answers, for requests end in groups:
 * all of these answers have the same number of tokens, and none is broken off.
 */
@ExtendWith(RunningStack.Parameter.class)
class OverloadIsRefusedAndWorkGoesOnTest {
    private static final Duration WINDOW = Duration.ofSeconds(8);
    private static final int ROUNDS = 2;
    private static final int TOKENS = 48;
    private static final long FLAT = 96L << 20;

    /** Of peak: that work goes on, not how fast. What it costs to refuse is measured by {@code graft bench overload}. */
    private static final double NO_COLLAPSE = 0.4;

    @Test
    void atTenTimesTheLoadWorkGoesOnTheRestIs429AndMemoryIsFlat(RunningStack stack) throws Exception {
        // Once uncounted: code that just began to refuse is still being compiled, on the cores that serve.
        var _ = offered(stack, (int) (10 * atPeak(stack).tokens() / TOKENS));
        long before = RunningStack.residentBytes(stack.processes().inference());
        double peak = 0;
        double overloaded = 0;
        var course = new StringBuilder();
        for (int round = 0; round < ROUNDS; round++) {
            Served calm = atPeak(stack);
            Served crowded = offered(stack, (int) (10 * calm.tokens() / TOKENS));
            peak += calm.tokens();
            overloaded += crowded.tokens();
            course.append("%n  peak %s%n  tenfold %s".formatted(calm, crowded));
        }

        assertThat(overloaded).as("goodput:%s", course).isGreaterThan(NO_COLLAPSE * peak);
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

    /**
     * What a window brought.
     *
     * @param tokens of answers
     * @param serviceSeconds of CPU that the service took
     * @param clientSeconds of CPU that this client took
     */
    private record Served(double tokens, double serviceSeconds, double clientSeconds) {
        static Served until(RunningStack stack) throws Exception {
            ProcessHandle service = stack.processes().inference().handle().orElseThrow();
            return new Served(
                    stack.inference().meter("graft_decode_tokens_total"), cpu(service), cpu(ProcessHandle.current()));
        }

        Served since(Served before) {
            return new Served(
                    tokens - before.tokens,
                    serviceSeconds - before.serviceSeconds,
                    clientSeconds - before.clientSeconds);
        }

        private static double cpu(ProcessHandle process) {
            return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
        }
    }

    /** For as many clients as there are slots, each with one request at a time. */
    private static Served atPeak(RunningStack stack) throws Exception {
        long end = System.nanoTime() + WINDOW.toNanos();
        Served before = Served.until(stack);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < RunningStack.SLOTS; i++) {
                int client = i;
                var _ = clients.submit(() -> {
                    try (var lane = new Lane(stack.processes().inference().url())) {
                        for (int n = 0; System.nanoTime() < end; n++) {
                            lane.post("/v1/completions", body(client * 1000 + n));
                        }
                    }
                    return client;
                });
            }
            TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
            return Served.until(stack).since(before);
        }
    }

    /** Sends so many requests evenly over the window, whatever becomes of them. */
    private static Served offered(RunningStack stack, int requests) throws Exception {
        var statuses = new ConcurrentHashMap<Integer, Integer>();
        var idle = new ConcurrentLinkedQueue<Lane>();
        Served served;
        long begin = System.nanoTime();
        Served before = Served.until(stack);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                byte[] body = body(i);
                TimeUnit.NANOSECONDS.sleep(begin + WINDOW.toNanos() / requests * i - System.nanoTime());
                Lane free = idle.poll();
                Lane lane =
                        free == null ? new Lane(stack.processes().inference().url()) : free;
                var _ = clients.submit(() -> {
                    statuses.merge(lane.post("/v1/completions", body), 1, Integer::sum);
                    return idle.add(lane);
                });
            }
            TimeUnit.NANOSECONDS.sleep(begin + WINDOW.toNanos() - System.nanoTime());
            served = Served.until(stack).since(before);
        }
        for (Lane lane : idle) {
            lane.close();
        }
        assertThat(statuses).as("every request is served or refused").containsOnlyKeys(200, 429);
        assertThat(statuses.values().stream().mapToInt(n -> n).sum()).isEqualTo(requests);
        return served;
    }

    private static Web.Reply complete(Web web, int number) throws Exception {
        return web.postBytes("/v1/completions", "application/json", body(number));
    }

    private static byte[] body(int number) throws Exception {
        return Web.JSON.writeValueAsBytes(Map.of(
                "model",
                RunningStack.MODEL,
                "prompt",
                "Number " + number + " is",
                "max_tokens",
                TOKENS,
                "temperature",
                0,
                "logit_bias",
                Map.of("0", -100, "2", -100)));
    }
}
