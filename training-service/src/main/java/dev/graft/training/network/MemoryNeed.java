package dev.graft.training.network;

import dev.graft.model.LlamaModelFile;
import dev.graft.training.recipe.Recipe;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a training's memory depends on: activations are computed twice, and rows of a batch cut, until it fits. Where a batch is cut decides over the order
 * of sums and over dropout's masks, so it must not depend on what else runs; what is computed twice is the same to the last bit.
 *
 * @param longest rows of the longest example: a batch can't be cut below it
 * @param rows most rows of a batch, as the recipe has it
 * @param learnedRows most of them that have loss
 * @param threads that compute
 */
record MemoryNeed(LlamaModelFile base, Recipe recipe, int longest, int rows, int learnedRows, int threads) {
    /** The plan whose batches are cut the least of those that fit; empty where not even the leanest does. */
    Optional<MemoryPlan> within(long bytes) {
        for (int cut = rows; cut >= longest; cut = cut == longest ? 0 : Math.max(longest, cut / 2)) {
            Optional<MemoryPlan> plan = within(bytes, cut);
            if (plan.isPresent()) {
                return plan;
            }
        }
        return Optional.empty();
    }

    /** The plan with batches that are cut so, and the most kept that fits. */
    Optional<MemoryPlan> within(long bytes, int cut) {
        return Arrays.stream(MemoryPlan.Keep.values())
                .map(keep -> plan(cut, keep))
                .filter(plan -> plan.bytes() <= bytes)
                .findFirst();
    }

    /** The plan that takes the least of those with batches that are cut so. */
    MemoryPlan leanest(int cut) {
        return plan(cut, MemoryPlan.Keep.INPUTS);
    }

    private MemoryPlan plan(int cut, MemoryPlan.Keep keep) {
        return MemoryPlan.of(base, recipe, cut, Math.min(cut, learnedRows), keep, threads);
    }
}
