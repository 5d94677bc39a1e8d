package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import jakarta.inject.Singleton;
import java.util.List;

/** The network on this machine's processor. */
@Singleton
public class NetworkLearners implements Learners {
    @Override
    public Learner open(Recipe recipe, List<TokenizedExample> examples) {
        throw new FaultException(Fault.internal("no_network", "this build has no network to train"));
    }
}
