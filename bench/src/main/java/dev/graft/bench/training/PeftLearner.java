package dev.graft.bench.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.graft.bench.server.Machine;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.Batches;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** PEFT, in the batches that Graft makes. */
final class PeftLearner implements Learner {
    private final LineProcess process;
    private final String precision;
    private final int padTo;
    private Optional<Setup> setup = Optional.empty();
    private int step;

    /**
     * @param precision {@code fp32} or {@code bf16}
     * @param padTo tokens that each example is padded to; 0: the longest of its batch
     */
    static PeftLearner start(Machine machine, String precision, int padTo) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                python(machine), machine.root().resolve("bench/peft/peer.py").toString());
        command.environment().put("OMP_NUM_THREADS", String.valueOf(Machine.THREADS));
        command.environment().put("TRANSFORMERS_VERBOSITY", "error");
        command.environment().put("TQDM_DISABLE", "1");
        return new PeftLearner(LineProcess.start(command), precision, padTo);
    }

    private PeftLearner(LineProcess process, String precision, int padTo) {
        this.process = process;
        this.precision = precision;
        this.padTo = padTo;
    }

    private static String python(Machine machine) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder(
                        machine.root().resolve("bench/peft/setup.sh").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        script.environment().put("GRAFT_HOME", machine.home().toString());
        Process setup = script.start();
        String python = new String(setup.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (setup.waitFor() != 0) {
            throw new IllegalStateException("PEFT could not be installed: see above");
        }
        return python;
    }

    @Override
    public void open(Setup asked) throws IOException {
        Recipe recipe = asked.recipe();
        Map<String, Object> open = new LinkedHashMap<>();
        open.put("model", asked.model().toString());
        open.put("threads", Machine.THREADS);
        open.put("precision", precision);
        open.put("rank", recipe.rank());
        open.put("alpha", recipe.alpha());
        open.put("dropout", recipe.dropout());
        open.put("targets", recipe.targets().stream().map(Target::shortName).toList());
        open.put("learning_rate", recipe.learningRate());
        open.put("steps", new Batches(asked.examples(), recipe).steps());
        open.put("warmup_steps", 0);
        open.put("seed", recipe.seed());
        process.ask(Map.of("open", open));
        setup = Optional.of(asked);
        step = 0;
    }

    @Override
    public double train(int steps) throws IOException {
        Setup now = setup.orElseThrow();
        Batches batches = new Batches(now.examples(), now.recipe());
        ArrayNode all = LineProcess.JSON.createArrayNode();
        for (int i = 0; i < steps; i++) {
            for (int[] batch : batches.step(step++)) {
                all.add(LineProcess.json(
                        Arrays.stream(batch).mapToObj(now.examples()::get).toList()));
            }
        }
        return process.ask(Map.of("train", all, "pad_to", padTo))
                .path("seconds")
                .asDouble();
    }

    @Override
    public double[] score(List<TokenizedExample> examples) throws IOException {
        return LineProcess.numbers(
                process.ask(Map.of("score", LineProcess.json(examples))).path("log_likelihoods"));
    }

    /** Takes an adapter from a folder as PEFT saves them. */
    void load(Path model, Path adapter) throws IOException {
        process.ask(Map.of(
                "load", Map.of("model", model.toString(), "adapter", adapter.toString(), "threads", Machine.THREADS)));
    }

    /** Writes the logits of each learned token, as little-endian singles, into this file. */
    Path logits(List<TokenizedExample> examples, Path file) throws IOException {
        process.ask(Map.of("logits", LineProcess.json(examples), "file", file.toString()));
        return file;
    }

    /**
     * GFLOP/s of the products of a training's step alone, forward and backward, in bfloat16: oneDNN's, by way of PyTorch.
     *
     * @param rows of a step
     */
    double gflops(LlamaModelFile model, int rows) throws IOException {
        List<int[]> shapes = Arrays.stream(Target.values())
                .map(target -> new int[] {target.inputs(model), target.outputs(model)})
                .toList();
        return process.ask(Map.of("rate", shapes, "rows", rows, "threads", Machine.THREADS))
                .path("gflops")
                .asDouble();
    }

    @Override
    public double peakRssMb() throws IOException {
        return process.ask(Map.of("memory", true)).path("peak_rss_mb").asDouble();
    }

    @Override
    public void close() {
        process.close();
    }
}
