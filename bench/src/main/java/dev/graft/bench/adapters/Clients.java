package dev.graft.bench.adapters;

import dev.graft.bench.client.Streamed;
import dev.graft.bench.load.Load;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Percentiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;

/**
 * Eight clients that begin together.
 *
 * @param requests of each client, one after the other
 * @param tokens of each answer; prompts have 64
 */
record Clients(int requests, int tokens) {
    static final int COUNT = 8;
    private static final int PROMPT_TOKENS = 64;
    private static final long SEED = 20_261_125;

    /** Asks a server for an answer with an adapter. */
    @FunctionalInterface
    interface Asking {
        Streamed answer(int adapter, String prompt, int tokens) throws IOException;
    }

    /**
     * The same texts in the same turn, others in each.
     *
     * @param adapters the adapter of each request, by its number; the client's is that modulo {@link #COUNT}
     */
    Load<Streamed> run(int turn, IntUnaryOperator adapters, Asking server) throws InterruptedException {
        Words words = new Words(SEED + turn);
        List<List<Callable<Streamed>>> clients = new ArrayList<>();
        for (int client = 0; client < COUNT; client++) {
            clients.add(new ArrayList<>());
        }
        for (int request = 0; request < requests * COUNT; request++) {
            int adapter = adapters.applyAsInt(request);
            String prompt = words.draw(PROMPT_TOKENS);
            clients.get(request % COUNT).add(() -> server.answer(adapter, prompt, tokens));
        }
        return Load.run(clients);
    }

    static double tokensPerSecond(Load<Streamed> load) {
        return load.answers().stream().mapToInt(Streamed::completionTokens).sum() / load.seconds();
    }

    static double requestsPerSecond(Load<Streamed> load) {
        return load.answers().size() / load.seconds();
    }

    /** 95th percentile over all gaps between events with text, in ms. */
    static double gapP95(Load<Streamed> load) {
        return Percentiles.percentile(
                0.95,
                load.answers().stream()
                        .flatMapToDouble(answer -> Arrays.stream(answer.gapsMs()))
                        .toArray());
    }
}
