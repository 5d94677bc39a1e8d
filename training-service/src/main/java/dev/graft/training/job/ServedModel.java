package dev.graft.training.job;

import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What those that serve an adapter make of a text. */
@FunctionalInterface
public interface ServedModel {
    /**
     * What they say of each learned token of an example.
     *
     * @param model the adapter's name with its generation
     * @return for each learned token the likeliest ones in its place, likeliest first, each with its ln p
     * @throws dev.graft.contracts.FaultException where they refuse, or none answers within a while
     */
    List<Map<Integer, Double>> likeliest(String model, TokenizedExample example)
            throws IOException, InterruptedException;
}
