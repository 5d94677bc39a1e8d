package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    /**
     * That work does not collapse. How much of the peak is left is a rate, and the client that sends ten times the load takes its part of the same
     * cores: nine tenths of peak is for a benchmark to show.
     */
    private static final double GOODPUT = 0.4;

    @Test
    void atTenTimesTheLoadAsMuchIsServedTheRestIs429AndMemoryIsFlat(RunningStack stack) throws Exception {
        Web web = stack.inference();
        // Once uncounted: code that just began to refuse is still being compiled, on the cores that serve.
        var _ = offered(web, (int) (10 * atPeak(web) / TOKENS));
        long before = RunningStack.residentBytes(stack.processes().inference());
        double peak = 0;
        double overloaded = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double now = atPeak(web);
            peak += now;
            overloaded += offered(web, (int) (10 * now / TOKENS));
        }

        assertThat(overloaded).as("goodput, at peak %.0f", peak).isGreaterThanOrEqualTo(GOODPUT * peak);
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

    /** Tokens of answers within the window, for as many clients as there are slots, each with one request at a time. */
    private static double atPeak(Web web) throws Exception {
        long end = System.nanoTime() + WINDOW.toNanos();
        double before = tokens(web);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < RunningStack.SLOTS; i++) {
                int client = i;
                var _ = clients.submit(() -> {
                    for (int n = 0; System.nanoTime() < end; n++) {
                        complete(web, client * 1000 + n);
                    }
                    return client;
                });
            }
            TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
            return tokens(web) - before;
        }
    }

    /** Sends so many requests evenly over the window, whatever becomes of them; the tokens of answers within it. */
    private static double offered(Web web, int requests) throws Exception {
        var statuses = new ConcurrentHashMap<Integer, Integer>();
        long begin = System.nanoTime();
        double before = tokens(web);
        double after;
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                int number = i;
                TimeUnit.NANOSECONDS.sleep(begin + WINDOW.toNanos() / requests * i - System.nanoTime());
                var _ = clients.submit(
                        () -> statuses.merge(complete(web, number).status(), 1, Integer::sum));
            }
            TimeUnit.NANOSECONDS.sleep(begin + WINDOW.toNanos() - System.nanoTime());
            after = tokens(web);
        }
        assertThat(statuses).as("every request is served or refused").containsOnlyKeys(200, 429);
        assertThat(statuses.values().stream().mapToInt(n -> n).sum()).isEqualTo(requests);
        return after - before;
    }

    private static double tokens(Web web) throws Exception {
        return web.meter("graft_decode_tokens_total");
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
                        TOKENS,
                        "temperature",
                        0,
                        "logit_bias",
                        Map.of("0", -100, "2", -100)));
    }
}
