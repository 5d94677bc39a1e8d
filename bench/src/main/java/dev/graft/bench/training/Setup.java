package dev.graft.bench.training;

import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;

/**
 * A training, the same for both sides.
 *
 * @param model a GGUF file; PEFT expands its weights when it loads it
 * @param recipe without weight decay and with a linear schedule, as both have them
 * @param scored what the trained model is asked about
 */
record Setup(Path model, Recipe recipe, List<TokenizedExample> examples, List<TokenizedExample> scored) {
    Setup {
        examples = List.copyOf(examples);
        scored = List.copyOf(scored);
    }

    /** A training of which only its speed or its memory is asked. */
    Setup(Path model, Recipe recipe, List<TokenizedExample> examples) {
        this(model, recipe, examples, List.of());
    }
}
