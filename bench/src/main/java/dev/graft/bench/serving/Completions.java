package dev.graft.bench.serving;

import dev.graft.bench.client.Streamed;
import dev.graft.bench.load.Load;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import dev.graft.bench.row.Percentiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/** The loads of streamed completions. */
final class Completions {
    private static final int TOKENS = 64;

    /** One client, 64 tokens in, 64 out, four requests one after the other. */
    record One() implements Scenario {
        @Override
        public List<Goal> goals() {
            return List.of(Goal.C1_TOKENS_PER_S, Goal.C1_TTFT);
        }

        @Override
        public Map<Goal, Double> turn(Contender server, Words words) throws InterruptedException {
            Load<Streamed> load = Load.run(clients(server, 1, 4, () -> words.draw(TOKENS), TOKENS));
            return Map.of(Goal.C1_TOKENS_PER_S, tokensPerSecond(load), Goal.C1_TTFT, median(load, Streamed::firstMs));
        }
    }

    /** Eight clients, 64 tokens in, 64 out, three requests each. */
    record Eight() implements Scenario {
        @Override
        public List<Goal> goals() {
            return List.of(Goal.C8_TOKENS_PER_S, Goal.C8_TTFT_P50, Goal.C8_ITL_P95);
        }

        @Override
        public Map<Goal, Double> turn(Contender server, Words words) throws InterruptedException {
            Load<Streamed> load = Load.run(clients(server, 8, 3, () -> words.draw(TOKENS), TOKENS));
            return Map.of(
                    Goal.C8_TOKENS_PER_S,
                    tokensPerSecond(load),
                    Goal.C8_TTFT_P50,
                    median(load, Streamed::firstMs),
                    Goal.C8_ITL_P95,
                    gapP95(load));
        }
    }

    /** Eight clients, 300 shared words (new in each turn, as a new template would be), 40 own words, 8 tokens out, six requests each. */
    record SharedPrefix() implements Scenario {
        @Override
        public List<Goal> goals() {
            return List.of(Goal.C8_SHARED_PREFIX_REQUESTS_PER_S);
        }

        @Override
        public Map<Goal, Double> turn(Contender server, Words words) throws InterruptedException {
            String shared = words.draw(300);
            Load<Streamed> load = Load.run(clients(server, 8, 6, () -> shared + words.draw(40), 8));
            return Map.of(Goal.C8_SHARED_PREFIX_REQUESTS_PER_S, load.answers().size() / load.seconds());
        }
    }

    /**
     * 32 clients at once over 8 slots, 50 to 1,500 words in even steps, 64 tokens out; all gaps within a window, for the slower server would need
     * many minutes for whole answers.
     *
     * @param window from the common start, after which answers are broken off
     */
    record Mixed(Duration window) implements Scenario {
        private static final int CLIENTS = 32;

        @Override
        public List<Goal> goals() {
            return List.of(Goal.C32_MIXED_ITL_P95);
        }

        @Override
        public Map<Goal, Double> turn(Contender server, Words words) throws IOException, InterruptedException {
            List<List<Callable<Streamed>>> clients = new ArrayList<>();
            long end = System.nanoTime() + window.toNanos();
            for (int i = 0; i < CLIENTS; i++) {
                // 13 has no divisor in common with 32: every length once, long and short ones in turns.
                int length = 50 + 1450 * (i * 13 % CLIENTS) / (CLIENTS - 1);
                String prompt = words.draw(length);
                clients.add(List.of(() -> server.completeUntil(prompt, TOKENS, end)));
            }
            double p95 = gapP95(Load.run(clients));
            server.complete(
                    words.draw(1),
                    1); // answered when the step is over that broken off answers were in: the other server's turn is
            // next
            return Map.of(Goal.C32_MIXED_ITL_P95, p95);
        }
    }

    private static List<List<Callable<Streamed>>> clients(
            Contender server, int clients, int requests, java.util.function.Supplier<String> prompts, int tokens) {
        List<List<Callable<Streamed>>> all = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            List<Callable<Streamed>> own = new ArrayList<>();
            for (int request = 0; request < requests; request++) {
                String prompt = prompts.get();
                own.add(() -> server.complete(prompt, tokens));
            }
            all.add(own);
        }
        return all;
    }

    private static double tokensPerSecond(Load<Streamed> load) {
        return load.answers().stream().mapToInt(Streamed::completionTokens).sum() / load.seconds();
    }

    private static double median(Load<Streamed> load, ToDoubleFunction<Streamed> figure) {
        return Percentiles.median(load.answers().stream().mapToDouble(figure).toArray());
    }

    private static double gapP95(Load<Streamed> load) {
        return Percentiles.percentile(
                0.95,
                load.answers().stream()
                        .flatMapToDouble(answer -> java.util.Arrays.stream(answer.gapsMs()))
                        .toArray());
    }

    private Completions() {}
}
