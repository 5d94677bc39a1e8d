package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Which examples each step sees. Each epoch has its own order, which follows from the seed, so that a training can go on at any step. */
public final class Batches {
    /** Months of training. */
    private static final long MOST_SEEN = 50_000_000;

    private final List<TokenizedExample> examples;
    private final Recipe recipe;
    /** Steps up to and including each epoch. */
    private final List<Integer> ends = new ArrayList<>();

    private int epochAtHand = -1;
    private List<List<int[]>> stepsAtHand = List.of();

    public Batches(List<TokenizedExample> examples, Recipe recipe) {
        this.examples = examples;
        this.recipe = recipe;
        int steps = 0;
        for (int epoch = 0; goesOn(epoch, steps); epoch++) {
            requireEnd(epoch + 1);
            steps += epoch(epoch).size();
            ends.add(steps);
        }
    }

    /** Each epoch is drawn once before the first step. */
    private void requireEnd(int epochs) {
        long all = recipe.length() instanceof Recipe.Length.Epochs(int asked) ? asked : epochs;
        if (all * examples.size() > MOST_SEEN) {
            boolean bySteps = recipe.length() instanceof Recipe.Length.Steps;
            throw new FaultException(Fault.input(
                    "invalid_recipe",
                    bySteps ? "steps" : "n_epochs",
                    bySteps ? steps() : all,
                    "would show " + examples.size() + " examples " + all + " times or more: at most " + MOST_SEEN
                            + " in all, each as often as it is seen"));
        }
    }

    private boolean goesOn(int epoch, int steps) {
        return switch (recipe.length()) {
            case Recipe.Length.Epochs(int epochs) -> epoch < epochs;
            case Recipe.Length.Steps(int wanted) -> steps < wanted;
        };
    }

    /** How many steps the training has. */
    public int steps() {
        return recipe.length() instanceof Recipe.Length.Steps(int steps) ? steps : ends.getLast();
    }

    /**
     * The batches whose gradients are added up to one step, as indices of examples.
     *
     * @param step from 0
     */
    public List<int[]> step(int step) {
        int found = Collections.binarySearch(ends, step + 1);
        int epoch = found < 0 ? -found - 1 : found; // the first that ends behind this step
        return epoch(epoch).get(step - (epoch == 0 ? 0 : ends.get(epoch - 1)));
    }

    private List<List<int[]>> epoch(int epoch) {
        if (epoch != epochAtHand) {
            List<int[]> batches = cut(order(epoch));
            List<List<int[]>> steps = new ArrayList<>();
            for (int i = 0; i < batches.size(); i += recipe.accumulation()) {
                steps.add(List.copyOf(batches.subList(i, Math.min(batches.size(), i + recipe.accumulation()))));
            }
            epochAtHand = epoch;
            stepsAtHand = steps;
        }
        return stepsAtHand;
    }

    /** Fisher and Yates' shuffle. */
    private int[] order(int epoch) {
        int[] order = new int[examples.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        var draws = new Draws(recipe.seed(), epoch);
        for (int i = order.length - 1; i > 0; i--) {
            int other = draws.below(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        return order;
    }

    private List<int[]> cut(int[] order) {
        List<int[]> batches = new ArrayList<>();
        for (int begin = 0, end; begin < order.length; begin = end) {
            end = end(order, begin);
            batches.add(Arrays.copyOfRange(order, begin, end));
        }
        return batches;
    }

    private int end(int[] order, int begin) {
        return switch (recipe.batch()) {
            case Recipe.Batch.Examples(int count) -> Math.min(order.length, begin + count);
            case Recipe.Batch.Tokens(int most) -> {
                int end = begin + 1;
                long tokens = examples.get(order[begin]).tokens().length;
                while (end < order.length && tokens + examples.get(order[end]).tokens().length <= most) {
                    tokens += examples.get(order[end++]).tokens().length;
                }
                yield end;
            }
        };
    }
}
