package dev.graft.bench.training;

import dev.graft.bench.server.Machine;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.Batches;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.util.List;

/** What a learning rate is worth: the reviews, one epoch, at each. */
record LearningRates(Machine machine) {
    private static final double DROPOUT = 0.05;
    private static final long SEED = 1;

    /**
     * What came of one.
     *
     * @param loss of the held-out reviews' labels, by learned token
     * @param accuracy on the held-out reviews
     */
    record Outcome(double rate, double loss, double accuracy) {
        @Override
        public String toString() {
            return "learning rate %s: loss %.4f, accuracy %.1f %%".formatted(rate, loss, 100 * accuracy);
        }
    }

    Outcome after(double rate) throws IOException {
        ReviewExamples reviews = new ReviewExamples(machine);
        List<TokenizedExample> examples = reviews.learned(new int[0]);
        Recipe recipe = Recipes.of(DROPOUT, rate, new Recipe.Length.Epochs(1), SEED, Recipe.Precision.AUTO);
        try (GraftLearner graft = GraftLearner.startLast(machine)) {
            graft.open(new Setup(machine.model(), recipe, examples, reviews.candidates()));
            graft.train(new Batches(examples, recipe).steps());
            double[] likelihoods = graft.score(reviews.candidates());
            return new Outcome(rate, reviews.loss(likelihoods), reviews.accuracy(likelihoods));
        }
    }
}
