package dev.graft.training.job;

import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.util.List;

/** Opens the network on the model that is served; nothing of it is in memory before. */
@FunctionalInterface
public interface Learners {
    /**
     * @param scored what it may be asked about later
     * @throws dev.graft.contracts.FaultException of kind {@code CAPACITY} where it would not fit into memory, with the figures
     */
    Learner open(Recipe recipe, List<TokenizedExample> training, List<TokenizedExample> scored) throws IOException;
}
