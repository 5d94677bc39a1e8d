package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.lora.CpuKernels;
import dev.graft.lora.Kernels;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.optimizer.LearningRate;
import dev.graft.training.optimizer.Optimizer;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One training, a step at a time, used by one thread. The same recipe, data and number of threads give the same adapter, to the last bit, whether it
 * was interrupted or not.
 */
public final class Trainer implements AutoCloseable {
    private static final int STREAM_BITS = 20;

    private final BaseModel base;
    private final Kernels kernels;
    private final Recipe recipe;
    private final List<TokenizedExample> examples;
    private final Packing packing;
    private final Batches batches;
    private final MemoryBudget.Share memory;
    private final MemoryPlan plan;
    private final LoraWeights trained;
    private final LlamaNetwork network;
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final TrainingState state;
    private int stepsDone;

    /**
     * Opens a training at its first step.
     *
     * @param model the GGUF file that is served
     * @param training what is learned from
     * @param validation what {@link #loss} and {@link #logLikelihoods} may be asked about: none of those may be longer than the longest of both
     * @throws FaultException where the model can't be trained, or the memory does not suffice, alone or beside other trainings
     *     ({@link MemoryBudget#IN_USE}): names the figures
     */
    public static Trainer open(
            Path model,
            Recipe recipe,
            List<TokenizedExample> training,
            List<TokenizedExample> validation,
            Resources resources) {
        return open(model, recipe, training, validation, resources, Packing.SHARED_PREFIX);
    }

    static Trainer open(
            Path model,
            Recipe recipe,
            List<TokenizedExample> training,
            List<TokenizedExample> validation,
            Resources resources,
            Packing packing) {
        BaseModel base = BaseModel.open(model);
        try {
            check(base, training, validation);
            return open(base, CpuKernels.open(resources.threads()), recipe, training, validation, resources, packing);
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    /** @param kernels are closed where it can't be opened */
    private static Trainer open(
            BaseModel base,
            Kernels kernels,
            Recipe recipe,
            List<TokenizedExample> training,
            List<TokenizedExample> validation,
            Resources resources,
            Packing packing) {
        Optional<MemoryBudget.Share> taken = Optional.empty();
        try {
            Batches batches = new Batches(training, recipe);
            MemoryNeed need = need(base, recipe, batches, training, validation, resources.threads(), packing);
            MemoryBudget.Share memory = resources.memory().take(need);
            taken = Optional.of(memory);
            return new Trainer(base, kernels, recipe, batches, training, validation, packing, memory);
        } catch (RuntimeException | Error e) {
            kernels.close(); // first: a share is given back once it is freed
            taken.ifPresent(MemoryBudget.Share::close);
            throw e;
        }
    }

    private Trainer(
            BaseModel base,
            Kernels kernels,
            Recipe recipe,
            Batches batches,
            List<TokenizedExample> training,
            List<TokenizedExample> validation,
            Packing packing,
            MemoryBudget.Share memory) {
        this.base = base;
        this.kernels = kernels;
        this.recipe = recipe;
        this.examples = List.copyOf(training);
        this.packing = packing;
        this.memory = memory;
        plan = memory.plan();
        this.batches = batches;
        trained = new LoraWeights(kernels, recipe, base.facts());
        var shape = new Shape(base.facts(), recipe, plan.rows(), plan.learnedRows());
        network = new LlamaNetwork(
                kernels,
                base,
                trained,
                shape,
                longest(training, validation, packing),
                plan.keep(),
                inBf16(recipe, kernels));
        optimizer = new Optimizer(kernels, trained.parameters(), recipe);
        learningRate = LearningRate.of(recipe, batches.steps());
        state = new TrainingState(kernels, Fingerprint.of(recipe, base.facts(), examples), trained.parameters());
    }

    private static void check(BaseModel base, List<TokenizedExample> training, List<TokenizedExample> validation) {
        if (training.isEmpty()) {
            throw new FaultException(Fault.input("no_examples", "training", 0, "there must be at least one example"));
        }
        Stream.concat(training.stream(), validation.stream()).forEach(example -> {
            for (int token : example.tokens()) {
                if (token < 0 || token >= base.facts().vocabulary()) {
                    throw new FaultException(Fault.input(
                            "invalid_token",
                            "tokens",
                            token,
                            "must be 0 to " + (base.facts().vocabulary() - 1)));
                }
            }
        });
    }

    private static MemoryNeed need(
            BaseModel base,
            Recipe recipe,
            Batches batches,
            List<TokenizedExample> training,
            List<TokenizedExample> validation,
            int threads,
            Packing packing) {
        int longest = longest(training, validation, packing);
        int rows = Math.max(longest, mostRows(batches, training, packing));
        return new MemoryNeed(base.facts(), recipe, longest, rows, mostLearned(recipe, training, validation), threads);
    }

    private static int longest(List<TokenizedExample> training, List<TokenizedExample> validation, Packing packing) {
        return Stream.concat(training.stream(), validation.stream())
                .mapToInt(example -> packing.rows(List.of(example)))
                .max()
                .orElse(1);
    }

    /** Of any batch that will be drawn: which ones follows from the seed. */
    private static int mostRows(Batches batches, List<TokenizedExample> training, Packing packing) {
        int most = 1;
        for (int step = 0; step < batches.steps(); step++) {
            for (int[] batch : batches.step(step)) {
                most = Math.max(
                        most,
                        packing.rows(
                                Arrays.stream(batch).mapToObj(training::get).toList()));
            }
        }
        return most;
    }

    private static int mostLearned(Recipe recipe, List<TokenizedExample> training, List<TokenizedExample> validation) {
        int most = Stream.concat(training.stream(), validation.stream())
                .mapToInt(TokenizedExample::learned)
                .max()
                .orElse(1);
        return switch (recipe.batch()) {
            case Recipe.Batch.Tokens(int tokens) -> Math.max(most, tokens);
            case Recipe.Batch.Examples(int count) -> (int) Math.min(Integer.MAX_VALUE, (long) most * count);
        };
    }

    private static boolean inBf16(Recipe recipe, Kernels kernels) {
        return switch (recipe.precision()) {
            case FP32 -> false;
            case AUTO -> kernels.hasBf16();
            case BF16 -> {
                if (!kernels.hasBf16()) {
                    throw new FaultException(Fault.input(
                            "unsupported_precision",
                            "precision",
                            "bf16",
                            "this processor has none: take fp32 or auto"));
                }
                yield true;
            }
        };
    }

    /** How it fits into memory. */
    public MemoryPlan memory() {
        return plan;
    }

    /** What this process was expected to have in memory, told before any of the plan was allocated. */
    public long expectedBytes() {
        return memory.expectedBytes();
    }

    /** Steps of the whole training. */
    public int steps() {
        return batches.steps();
    }

    /** Steps that are done. */
    public int stepsDone() {
        return stepsDone;
    }

    /** Computes the next step and changes the adapter by it. */
    public StepReport step() {
        if (stepsDone >= steps()) {
            throw new IllegalStateException("all " + steps() + " steps are done");
        }
        List<List<TokenizedExample>> runs = runsOf(batches.step(stepsDone));
        int learned = runs.stream()
                .flatMap(List::stream)
                .mapToInt(TokenizedExample::learned)
                .sum();
        optimizer.clearGradients();
        double loss = 0;
        for (int i = 0; i < runs.size(); i++) {
            var pass = new Pass(
                    packing.pack(runs.get(i)), recipe.dropout(), recipe.seed(), (long) stepsDone << STREAM_BITS | i);
            loss -= sum(network.learn(pass, 1.0 / learned));
        }
        double rate = learningRate.at(stepsDone);
        double norm = optimizer.update(++stepsDone, rate);
        int tokens = runs.stream()
                .flatMap(List::stream)
                .mapToInt(example -> example.tokens().length)
                .sum();
        return new StepReport(stepsDone, loss / learned, rate, norm, tokens, learned);
    }

    private List<List<TokenizedExample>> runsOf(List<int[]> batchesOfStep) {
        List<List<TokenizedExample>> runs = new ArrayList<>();
        for (int[] batch : batchesOfStep) {
            List<TokenizedExample> chosen = new ArrayList<>();
            for (int index : batch) {
                chosen.add(examples.get(index));
            }
            runs.addAll(packing.runs(chosen, plan));
        }
        return runs;
    }

    /** Mean loss over the learned tokens of these examples, without dropout. */
    public double loss(List<TokenizedExample> asked) {
        double sum = 0;
        for (double logLikelihood : logLikelihoods(asked)) {
            sum -= logLikelihood;
        }
        return sum / asked.stream().mapToInt(TokenizedExample::learned).sum();
    }

    /** Log-likelihood of each example's completion, given what is before it. */
    public double[] logLikelihoods(List<TokenizedExample> asked) {
        double[] likelihoods = new double[asked.size()];
        int first = 0;
        for (List<TokenizedExample> run : packing.runs(asked, plan)) {
            PackedBatch batch = packing.pack(run);
            float[] logProbabilities = network.logProbabilities(batch);
            for (int i = 0; i < logProbabilities.length; i++) {
                likelihoods[first + batch.exampleOf()[i]] += logProbabilities[i];
            }
            first += run.size();
        }
        return likelihoods;
    }

    /**
     * What the model says of the next token, with the adapter as it is now: to compare with what serves it.
     *
     * @return logits over the vocabulary, for each learned token of the example
     */
    public List<float[]> logits(TokenizedExample example) {
        return network.logits(packing.pack(List.of(example)));
    }

    /** Whether this processor multiplies bfloat16 natively, which {@code auto} depends on. */
    public static boolean hasBf16() {
        try (Kernels kernels = CpuKernels.open(1)) {
            return kernels.hasBf16();
        }
    }

    /** How many bytes {@link #save} writes. */
    public long stateBytes() {
        return state.bytes();
    }

    /** Writes all that is needed to go on from here. */
    public void save(Path file) throws IOException {
        state.save(file, stepsDone);
    }

    /**
     * Goes on from where {@link #save} was called.
     *
     * @throws FaultException where the file is torn, or of another recipe, model or data: nothing has changed then
     */
    public void restore(Path file) throws IOException {
        stepsDone = state.restore(file);
    }

    /** Writes the adapter as llama.cpp reads it. */
    public void writeGguf(Path file) throws IOException {
        new AdapterFileWriter(kernels, (float) (recipe.scale() * recipe.rank())).write(trained.pairs(), file);
    }

    /** For tests: the gradients of the last step. */
    LoraWeights trained() {
        return trained;
    }

    Kernels kernels() {
        return kernels;
    }

    private static double sum(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += number;
        }
        return sum;
    }

    @Override
    public void close() {
        kernels.close();
        base.close();
        memory.close();
    }
}
