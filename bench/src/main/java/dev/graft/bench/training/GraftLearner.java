package dev.graft.bench.training;

import dev.graft.bench.server.Machine;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Graft's trainer, in a process of its own with training-service's options of the JVM. */
final class GraftLearner implements Learner {
    private static final String LAST = "19";

    private final LineProcess process;

    static GraftLearner start(Machine machine) throws IOException {
        return start(machine, List.of());
    }

    /** At the lowest scheduling priority. */
    static GraftLearner startLast(Machine machine) throws IOException {
        return start(machine, List.of("nice", "-n", LAST));
    }

    private static GraftLearner start(Machine machine, List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + machine.root().resolve("training-service/jvm.options"),
                "-Dorg.bytedeco.javacpp.cachedir=" + machine.home().resolve("cache/javacpp"),
                "-cp",
                System.getProperty("java.class.path"),
                TrainerMain.class.getName()));
        return new GraftLearner(LineProcess.start(new ProcessBuilder(command)));
    }

    private GraftLearner(LineProcess process) {
        this.process = process;
    }

    @Override
    public void open(Setup setup) throws IOException {
        Recipe recipe = setup.recipe();
        process.ask(Map.of(
                "open",
                Map.of(
                        "model",
                        setup.model().toString(),
                        "recipe",
                        Recipes.json(recipe),
                        "examples",
                        LineProcess.json(setup.examples()),
                        "scored",
                        LineProcess.json(setup.scored()))));
    }

    @Override
    public double train(int steps) throws IOException {
        return process.ask(Map.of("train", steps)).path("seconds").asDouble();
    }

    @Override
    public double[] score(List<TokenizedExample> examples) throws IOException {
        return LineProcess.numbers(
                process.ask(Map.of("score", LineProcess.json(examples))).path("log_likelihoods"));
    }

    @Override
    public double peakRssMb() throws IOException {
        return process.ask(Map.of("memory", true)).path("peak_rss_mb").asDouble();
    }

    /** Writes the logits of each learned token, as little-endian singles, into this file. */
    Path logits(List<TokenizedExample> examples, Path file) throws IOException {
        process.ask(Map.of("logits", LineProcess.json(examples), "file", file.toString()));
        return file;
    }

    /** Writes the adapter in PEFT's form into this folder. */
    void export(Path folder) throws IOException {
        process.ask(Map.of("export", folder.toString()));
    }

    /**
     * GFLOP/s of the products of a training's step alone, forward and backward, in single precision on weights that need no expansion.
     *
     * @param rows of a step
     */
    double gflops(Path model, int rows) throws IOException {
        return process.ask(Map.of("gflops", rows, "model", model.toString()))
                .path("gflops")
                .asDouble();
    }

    /** Trains without an end, until this is closed. */
    void trainOn() throws IOException {
        process.in().write(LineProcess.JSON.writeValueAsString(Map.of("train_on", true)));
        process.in().newLine();
        process.in().flush();
    }

    @Override
    public void close() {
        process.close();
    }
}
