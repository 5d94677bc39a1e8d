package dev.graft.model.adapter;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an {@code adapter_config.json} says that matters when its adapter is served.
 *
 * @param text the whole file
 * @param rank of modules that no exception names
 * @param alpha of modules that no exception names
 * @param rankStabilised whether the scale is alpha / √rank (rsLoRA) instead of alpha / rank
 * @param targeted which modules have an adapter, by name
 * @param layers the only layers that have one; empty: all
 * @param ranks exceptions, the first that matches counts
 * @param alphas exceptions, the first that matches counts
 */
record PeftConfig(
        String text,
        int rank,
        double alpha,
        boolean rankStabilised,
        Predicate<String> targeted,
        Optional<Set<Integer>> layers,
        List<Exceptional> ranks,
        List<Exceptional> alphas) {
    static final String FILE = "adapter_config.json";

    PeftConfig {
        layers = layers.map(Set::copyOf);
        ranks = List.copyOf(ranks);
        alphas = List.copyOf(alphas);
    }

    /** An entry of {@code rank_pattern} or {@code alpha_pattern}. */
    record Exceptional(Predicate<String> modules, double value) {}

    /** Whether PEFT gives this module an adapter. */
    boolean targets(int layer, Target target) {
        return layers.map(only -> only.contains(layer)).orElse(true) && targeted.test(target.module(layer));
    }

    int rankOf(String module) {
        return (int) valueOf(module, ranks, rank);
    }

    /**
     * The alpha that gives this module its scale where the scale is alpha / rank, as in llama.cpp.
     *
     * @param rank the module's
     */
    double plainAlpha(String module, int rank) {
        double own = valueOf(module, alphas, alpha);
        return rankStabilised ? own * Math.sqrt(rank) : own;
    }

    private static double valueOf(String module, List<Exceptional> exceptions, double usual) {
        for (Exceptional exception : exceptions) {
            if (exception.modules().test(module)) {
                return exception.value();
            }
        }
        return usual;
    }
}
