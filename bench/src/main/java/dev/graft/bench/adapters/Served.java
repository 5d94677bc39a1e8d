package dev.graft.bench.adapters;

import dev.graft.bench.client.Http;
import dev.graft.bench.load.InTurns;
import dev.graft.bench.server.LlamaServer;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows over HTTP, whose registries are in memory. */
record Served(Machine machine, AdapterFolder adapters, int turns) {
    private static final List<String> ALONE = List.of("-Dgraft.kafka.enabled=false");
    private static final long SEED = 20_261_125;

    /** Eight clients, each with its own adapter, three requests each, 64 tokens in, 64 out: tokens/s beside llama-server. */
    Sides eightAdapters() throws Exception {
        List<Path> files = adapters.files(AdapterFolder.QV, Clients.COUNT);
        Clients clients = new Clients(3, 64);
        try (Running peer = LlamaServer.start(machine, loraOptions(files));
                Server graft = Server.start(machine, adapters, "adapters", ALONE)) {
            graft.running().sameVariantAs(peer);
            graft.registerAll(files);
            requireAdapters(peer.http(), files.size());
            return Sides.medians(
                    turns,
                    turn -> Clients.tokensPerSecond(clients.run(turn, i -> i % Clients.COUNT, graft::complete)),
                    turn -> Clients.tokensPerSecond(clients.run(
                            turn,
                            i -> i % Clients.COUNT,
                            (adapter, prompt, tokens) -> lora(adapter, prompt, tokens).stream(peer.http()))));
        }
    }

    private static List<String> loraOptions(List<Path> files) {
        List<String> options = new ArrayList<>();
        for (Path file : files) {
            options.add("--lora");
            options.add(file.toString());
        }
        options.add("--lora-init-without-apply");
        return options;
    }

    /** The scale of those that a request does not name is 0. */
    private static Completion lora(int adapter, String prompt, int tokens) {
        return new Completion("\"lora\":[{\"id\":" + adapter + ",\"scale\":1.0}]", prompt, tokens);
    }

    /** llama-server says nothing where it knows no adapter of a request's number. */
    private static void requireAdapters(Http peer, int count) throws IOException {
        String listed = peer.get("/lora-adapters").body();
        for (int i = 0; i < count; i++) {
            if (!listed.contains("\"id\":" + i + ",")) {
                throw new IllegalStateException("llama-server has no adapter " + i + ": " + listed);
            }
        }
    }

    /** 64 adapters, asked for by Zipf's law by eight clients, 64 tokens in, 16 out: requests/s with 16 slots beside 64. */
    Sides overFewSlots() throws Exception {
        List<Path> files = adapters.files(AdapterFolder.QV, 64);
        try (Server few = Server.start(machine, adapters, "16-slots", slots(16));
                Server enough = Server.start(machine, adapters, "64-slots", slots(64))) {
            few.registerAll(files);
            enough.registerAll(files);
            return Sides.medians(turns, zipf(few, files.size()), zipf(enough, files.size()));
        }
    }

    private static List<String> slots(int count) {
        List<String> settings = new ArrayList<>(ALONE);
        settings.add("-Dgraft.adapters.slots=" + count);
        return settings;
    }

    private static InTurns.Side<Double> zipf(Server server, int count) {
        return turn -> {
            Zipf zipf = new Zipf(count, SEED + turn);
            return Clients.requestsPerSecond(new Clients(16, 16).run(turn, _ -> zipf.draw(), server::complete));
        };
    }

    /** Eight running answers of 512 tokens: inter-token p95 while an adapter a second is registered, beside none. */
    Sides whileLoading() throws Exception {
        List<Path> files = adapters.files(AdapterFolder.QV, 2 * Clients.COUNT);
        Clients clients = new Clients(1, 512);
        try (Server server = Server.start(machine, adapters, "loading", ALONE)) {
            server.registerAll(files.subList(0, Clients.COUNT));
            List<Path> more = files.subList(Clients.COUNT, files.size());
            InTurns.Side<Double> quiet = turn -> Clients.gapP95(clients.run(turn, i -> i, server::complete));
            return Sides.medians(
                    turns,
                    turn -> {
                        try (Loading loading = new Loading(server, more, "turn" + turn)) {
                            double p95 = quiet.turn(turn);
                            if (loading.end() == 0) {
                                throw new IllegalStateException("the answers ended before an adapter was loaded");
                            }
                            return p95;
                        }
                    },
                    quiet);
        }
    }
}
