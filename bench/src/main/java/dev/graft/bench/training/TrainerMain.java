package dev.graft.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.bench.server.Machine;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.gguf.GgufFile;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.Resources;
import dev.graft.training.network.Trainer;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    private static final int MOST_RANK = 64;

    private Path model = Path.of("");
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
        if (asked.has("logits")) {
            return logits(
                    examples(asked.path("logits")), Path.of(asked.path("file").asText()));
        }
        if (asked.has("export")) {
            return export(Path.of(asked.path("export").asText()));
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
        model = Path.of(asked.path("model").asText());
        trainer = Optional.of(Trainer.open(
                model,
                Recipes.read(asked.path("recipe")),
                examples,
                examples(asked.path("scored")),
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

    private Map<String, Object> logits(List<TokenizedExample> examples, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (TokenizedExample example : examples) {
                for (float[] row : trainer.orElseThrow().logits(example)) {
                    ByteBuffer bytes =
                            ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(row);
                    out.write(bytes.array());
                }
            }
        }
        return Map.of("written", true);
    }

    private Map<String, Object> export(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path gguf = folder.resolveSibling(folder.getFileName() + ".gguf");
        trainer.orElseThrow().writeGguf(gguf);
        PeftExport.write(gguf, LlamaModelFile.check(GgufFile.read(model)), MOST_RANK, folder);
        return Map.of("exported", true);
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
