package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.TrainingEvent;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the network on the model that is served; nothing of it is in memory before. */
public interface Learners {
    /**
     * What a job is computed with here.
     *
     * @param before what it was begun with, where it was
     * @throws dev.graft.contracts.FaultException where this machine or the base model that is here can't go on as it was begun, with the figures
     */
    TrainingEvent.Arithmetic arithmetic(Recipe recipe, BaseModel base, Optional<TrainingEvent.Arithmetic> before)
            throws IOException;

    /**
     * Opens one; blocks for as long as others have the memory that it needs.
     *
     * @param recipe whose precision is decided
     * @param threads that compute
     * @param scored what it may be asked about later
     * @param waiting told again and again why it blocks; what it throws ends that
     * @throws dev.graft.contracts.FaultException of kind {@code CAPACITY} where it would never fit into memory, with the figures
     */
    Learner open(
            Recipe recipe,
            int threads,
            List<TokenizedExample> training,
            List<TokenizedExample> scored,
            Consumer<Fault> waiting)
            throws IOException, InterruptedException;
}
