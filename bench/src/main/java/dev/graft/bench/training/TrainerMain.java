package dev.graft.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.bench.server.Machine;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.Resources;
import dev.graft.training.network.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Graft's trainer, told on standard input what to do, as {@code bench/peft/peer.py} is. */
public final class TrainerMain {
    private static final long MEMORY = 64L << 30;

    private Optional<Trainer> trainer = Optional.empty();

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        TrainerMain main = new TrainerMain();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(LineProcess.JSON.writeValueAsString(main.answer(LineProcess.JSON.readTree(line))));
            out.flush();
        }
    }

    private Map<String, Object> answer(JsonNode asked) throws IOException {
        if (asked.has("open")) {
            return open(asked.path("open"));
        }
        if (asked.has("train")) {
            return Map.of("seconds", train(asked.path("train").asInt()));
        }
        if (asked.has("train_on")) {
            train(Integer.MAX_VALUE);
        }
        if (asked.has("score")) {
            return Map.of("log_likelihoods", trainer.orElseThrow().logLikelihoods(examples(asked.path("score"))));
        }
        if (asked.has("gflops")) {
            return Map.of(
                    "gflops",
                    ProductRate.gflops(
                            Path.of(asked.path("model").asText()),
                            asked.path("gflops").asInt()));
        }
        return Map.of("peak_rss_mb", peakRssMb());
    }

    private Map<String, Object> open(JsonNode asked) throws IOException {
        trainer.ifPresent(Trainer::close);
        List<TokenizedExample> examples = examples(asked.path("examples"));
        trainer = Optional.of(Trainer.open(
                Path.of(asked.path("model").asText()),
                Recipes.read(asked.path("recipe")),
                examples,
                List.of(),
                new Resources(MEMORY, Machine.THREADS)));
        return Map.of("opened", true);
    }

    private double train(int steps) {
        Trainer now = trainer.orElseThrow();
        long begin = System.nanoTime();
        for (int i = 0; i < steps && now.stepsDone() < now.steps(); i++) {
            now.step();
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static List<TokenizedExample> examples(JsonNode json) {
        List<TokenizedExample> examples = new ArrayList<>();
        for (JsonNode example : json) {
            int[] tokens = new int[example.get(0).size()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = example.get(0).get(i).asInt();
            }
            examples.add(new TokenizedExample(tokens, example.get(1).asInt()));
        }
        return examples;
    }

    private static double peakRssMb() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    / 1024.0;
        }
    }
}
