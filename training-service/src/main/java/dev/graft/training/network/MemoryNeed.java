package dev.graft.training.network;

import dev.graft.model.LlamaModelFile;
import dev.graft.training.recipe.Recipe;
import java.util.Optional;

/**
 * What a training's memory depends on: rows of a batch are cut, and activations computed twice, until it fits.
 *
 * @param longest rows of the longest example: a batch can't be cut below it
 * @param rows most rows of a batch, as the recipe has it
 * @param learnedRows most of them that have loss
 * @param threads that compute
 */
record MemoryNeed(LlamaModelFile base, Recipe recipe, int longest, int rows, int learnedRows, int threads) {
    /** The plan with the most kept that fits; empty where not even the leanest does. */
    Optional<MemoryPlan> within(long bytes) {
        for (int cut = rows; cut >= longest; cut = cut == longest ? 0 : Math.max(longest, cut / 2)) {
            for (MemoryPlan.Keep keep : MemoryPlan.Keep.values()) {
                MemoryPlan plan = plan(cut, keep);
                if (plan.bytes() <= bytes) {
                    return Optional.of(plan);
                }
            }
        }
        return Optional.empty();
    }

    /** The plan that takes the least. */
    MemoryPlan leanest() {
        return plan(longest, MemoryPlan.Keep.INPUTS);
    }

    private MemoryPlan plan(int cut, MemoryPlan.Keep keep) {
        return MemoryPlan.of(base, recipe, cut, Math.min(cut, learnedRows), keep, threads);
    }
}
