package dev.graft.bench.training;

import dev.graft.bench.load.InTurns;
import dev.graft.bench.row.Percentiles;
import dev.graft.bench.server.Machine;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.Batches;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows that train. */
record Trainings(Machine machine, int turns) {
    private static final int STEPS_A_TURN = 20;
    private static final int STEPS_BEFORE = 5;
    private static final int RECIPE_PADDING = 128;
    private static final double RECIPE_DROPOUT = 0.05;
    private static final int SEEDS = 3;
    private static final int EPOCHS = 3;
    private static final long SEED = 20_261_125;
    private static final int ROWS_OF_SEVEN_BILLION = 512;

    /** Real tokens/s, against the better of PEFT's precisions, with batches padded to their longest example. */
    Sides reviews() throws Exception {
        return bestOfPeft(new ReviewExamples(machine).learned(new int[0]), Trainings::tokens);
    }

    /** Examples/s, each behind the same tokens. */
    Sides behindAPrefix(int tokens) throws Exception {
        ReviewExamples reviews = new ReviewExamples(machine);
        return bestOfPeft(reviews.learned(reviews.prefix(tokens)), List::size);
    }

    /** Real tokens/s, against the recipe as it is written: single precision, dropout, all padded to 128. */
    Sides reviewsAsTheRecipeHasThem() throws Exception {
        List<TokenizedExample> examples = new ReviewExamples(machine).learned(new int[0]);
        try (GraftLearner graft = GraftLearner.start(machine);
                PeftLearner peft = PeftLearner.start(machine, "fp32", RECIPE_PADDING)) {
            double[] rates = rates(List.of(graft, peft), examples, RECIPE_DROPOUT, Trainings::tokens);
            return new Sides(rates[0], rates[1]);
        }
    }

    /** What is counted of the examples that a turn trained on. */
    @FunctionalInterface
    private interface Count {
        int of(List<TokenizedExample> examples);
    }

    private static int tokens(List<TokenizedExample> examples) {
        return examples.stream().mapToInt(example -> example.tokens().length).sum();
    }

    private Sides bestOfPeft(List<TokenizedExample> examples, Count count) throws Exception {
        try (GraftLearner graft = GraftLearner.start(machine);
                PeftLearner fp32 = PeftLearner.start(machine, "fp32", 0);
                PeftLearner bf16 = PeftLearner.start(machine, "bf16", 0)) {
            double[] rates = rates(List.of(graft, fp32, bf16), examples, 0, count);
            return new Sides(rates[0], Math.max(rates[1], rates[2]));
        }
    }

    private double[] rates(List<Learner> learners, List<TokenizedExample> examples, double dropout, Count count)
            throws Exception {
        int steps = STEPS_BEFORE + STEPS_A_TURN * turns;
        Recipe recipe = Recipes.of(dropout, new Recipe.Length.Steps(steps), SEED, Recipe.Precision.AUTO);
        Batches batches = new Batches(examples, recipe);
        List<InTurns.Side<Double>> sides = new ArrayList<>();
        for (Learner learner : learners) {
            learner.open(new Setup(machine.model(), recipe, examples));
            sides.add(turn -> turn < 0
                    ? learner.train(STEPS_BEFORE)
                    : count.of(ofTurn(batches, examples, turn)) / learner.train(STEPS_A_TURN));
        }
        return InTurns.run(turns, sides).stream()
                .mapToDouble(Percentiles::median)
                .toArray();
    }

    private static List<TokenizedExample> ofTurn(Batches batches, List<TokenizedExample> examples, int turn) {
        List<TokenizedExample> seen = new ArrayList<>();
        for (int step = 0; step < STEPS_A_TURN; step++) {
            for (int[] batch : batches.step(STEPS_BEFORE + turn * STEPS_A_TURN + step)) {
                Arrays.stream(batch).mapToObj(examples::get).forEach(seen::add);
            }
        }
        return seen;
    }

    /** A training's speed in single precision by that of its products alone: 4 operations a token for each weight below the head. */
    double shareOfProducts() throws Exception {
        try (GraftLearner graft = GraftLearner.start(machine)) {
            return shareOfProducts(graft, Recipe.Precision.FP32, rows -> graft.gflops(machine.model(), rows));
        }
    }

    /** The same in bfloat16. */
    double shareOfProductsInBf16() throws Exception {
        try (GraftLearner graft = GraftLearner.start(machine);
                PeftLearner torch = PeftLearner.start(machine, "bf16", 0)) {
            return shareOfProducts(graft, Recipe.Precision.BF16, rows -> torch.gflops(facts(machine.model()), rows));
        }
    }

    /** How fast products alone are, in GFLOP/s, for so many rows. */
    @FunctionalInterface
    private interface Rate {
        double gflops(int rows) throws IOException;
    }

    private double shareOfProducts(GraftLearner graft, Recipe.Precision precision, Rate rate) throws IOException {
        List<TokenizedExample> examples = new ReviewExamples(machine).learned(new int[0]);
        Recipe recipe = Recipes.of(0, new Recipe.Length.Steps(STEPS_BEFORE + STEPS_A_TURN * turns), SEED, precision);
        Batches batches = new Batches(examples, recipe);
        long operationsAToken = 4 * belowHead(facts(machine.model()));
        List<Double> shares = new ArrayList<>();
        graft.open(new Setup(machine.model(), recipe, examples));
        graft.train(STEPS_BEFORE);
        for (int turn = 0; turn < turns; turn++) {
            int tokens = tokens(ofTurn(batches, examples, turn));
            double gflops = rate.gflops(tokens / STEPS_A_TURN);
            shares.add(operationsAToken * tokens / graft.train(STEPS_A_TURN) / (gflops * 1e9));
        }
        return Percentiles.median(shares);
    }

    private static LlamaModelFile facts(Path model) throws IOException {
        return LlamaModelFile.check(GgufFile.read(model));
    }

    private static long belowHead(LlamaModelFile facts) {
        return facts.layers()
                * Arrays.stream(Target.values())
                        .mapToLong(target -> (long) target.inputs(facts) * target.outputs(facts))
                        .sum();
    }

    /** MB after a turn, against the leaner of PEFT's precisions. */
    Sides peakRss() throws Exception {
        List<TokenizedExample> examples = new ReviewExamples(machine).learned(new int[0]);
        return new Sides(
                peakRss(GraftLearner.start(machine), examples),
                Math.min(
                        peakRss(PeftLearner.start(machine, "fp32", 0), examples),
                        peakRss(PeftLearner.start(machine, "bf16", 0), examples)));
    }

    private double peakRss(Learner started, List<TokenizedExample> examples) throws Exception {
        Recipe recipe = Recipes.of(0, new Recipe.Length.Steps(STEPS_A_TURN), SEED, Recipe.Precision.AUTO);
        try (Learner learner = started) {
            learner.open(new Setup(machine.model(), recipe, examples));
            learner.train(STEPS_A_TURN);
            return learner.peakRssMb();
        }
    }

    /** On the held-out reviews after three epochs. */
    SeedAccuracies accuracies() throws Exception {
        ReviewExamples reviews = new ReviewExamples(machine);
        try (GraftLearner graft = GraftLearner.start(machine);
                PeftLearner peft = PeftLearner.start(machine, "fp32", 0)) {
            return new SeedAccuracies(accuracies(graft, reviews), accuracies(peft, reviews));
        }
    }

    private double[] accuracies(Learner learner, ReviewExamples reviews) throws IOException {
        List<TokenizedExample> examples = reviews.learned(new int[0]);
        double[] accuracies = new double[SEEDS];
        for (int seed = 1; seed <= SEEDS; seed++) {
            Recipe recipe = Recipes.of(RECIPE_DROPOUT, new Recipe.Length.Epochs(EPOCHS), seed, Recipe.Precision.AUTO);
            learner.open(new Setup(machine.model(), recipe, examples, reviews.candidates()));
            learner.train(new Batches(examples, recipe).steps());
            accuracies[seed - 1] = reviews.accuracy(learner.score(reviews.candidates()));
        }
        return accuracies;
    }

    /** MB of a process that trained a step of 512 tokens on a model of Llama-2-7B's shape, Q4_0. */
    double rssOfSevenBillion() throws Exception {
        Path model = SevenBillion.file(machine);
        int[] tokens = new int[ROWS_OF_SEVEN_BILLION];
        Arrays.setAll(tokens, i -> 3 + i % 30_000);
        try (GraftLearner graft = GraftLearner.start(machine)) {
            graft.open(new Setup(
                    model,
                    Recipes.of(0, new Recipe.Length.Steps(1), SEED, Recipe.Precision.AUTO),
                    List.of(new TokenizedExample(tokens, ROWS_OF_SEVEN_BILLION - 8))));
            graft.train(1);
            return graft.peakRssMb();
        }
    }
}
