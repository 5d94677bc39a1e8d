package dev.graft.training.network;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.training.recipe.Recipe;

/**
 * The lengths that all tensors follow from.
 *
 * @param rows most rows of a packed batch
 * @param learnedRows most of them that have loss
 */
record Shape(LlamaModelFile base, Recipe recipe, int rows, int learnedRows) {
    int width() {
        return base.width();
    }

    int queries() {
        return base.heads() * base.headWidth();
    }

    int keys() {
        return base.kvHeads() * base.headWidth();
    }

    int feedForward() {
        return base.feedForward();
    }

    /** The longest that any target reads. */
    int longestInput() {
        return recipe.targets().stream()
                .mapToInt((Target target) -> target.inputs(base))
                .max()
                .orElseThrow();
    }
}
