package dev.graft.contracts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** What changes of an entry whose adapter is there make of it. */
final class AdapterTransitions {
    static AdapterEntry promote(AdapterEntry entry, int generation) {
        AdapterGeneration chosen = found(entry, generation);
        return madeLive(entry, chosen, entry.revision() + 1);
    }

    /** Keeps when the chosen one was promoted, so that the next rollback goes one further back and not forth again. */
    static AdapterEntry rollBack(AdapterEntry entry, OptionalInt generation) {
        AdapterGeneration chosen = generation.isPresent()
                ? found(entry, generation.getAsInt())
                : entry.before()
                        .orElseThrow(
                                () -> nothingBefore(entry, "no other generation that is served was live: name one"));
        if (chosen.promotedAt() == 0) {
            throw nothingBefore(entry, "generation " + chosen.generation() + " was never live: promote it instead");
        }
        return madeLive(entry, chosen, chosen.promotedAt());
    }

    static AdapterEntry retire(AdapterEntry entry, OptionalInt generation) {
        generation.ifPresent(number -> found(entry, number));
        IntPredicate gone = number -> generation.isEmpty() || generation.getAsInt() == number;
        List<AdapterGeneration> left = entry.generations().stream()
                .map(g -> gone.test(g.generation()) && g.served() ? g.become(AdapterState.RETIRED, g.promotedAt()) : g)
                .toList();
        if (left.equals(entry.generations())) {
            return entry;
        }
        Map<String, Integer> labels = entry.labels().entrySet().stream()
                .filter(label -> !gone.test(label.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return next(entry, left, labels, entry.share().filter(share -> !gone.test(share.generation())));
    }

    static AdapterEntry label(AdapterEntry entry, String label, OptionalInt generation) {
        AdapterNames.label("label", label);
        Map<String, Integer> labels = new HashMap<>(entry.labels());
        if (generation.isPresent()) {
            labels.put(label, served(found(entry, generation.getAsInt())));
        } else if (labels.remove(label) == null) {
            throw new FaultException(Fault.input(
                    "label_not_found",
                    "label",
                    label,
                    labels.isEmpty()
                            ? "the adapter has no labels"
                            : "must be one of "
                                    + String.join(", ", entry.sortedLabels().keySet())));
        }
        return labels.equals(entry.labels()) ? entry : next(entry, entry.generations(), labels, entry.share());
    }

    static AdapterEntry share(AdapterEntry entry, int generation, int percent) {
        AdapterGeneration candidate = found(entry, generation);
        if (percent != 0 && candidate.state() != AdapterState.CANDIDATE) {
            throw refused(generation, "must be a candidate to get a share of the traffic");
        }
        Optional<TrafficShare> share =
                percent == 0 ? shareOfOthers(entry, candidate) : Optional.of(new TrafficShare(generation, percent));
        return share.equals(entry.share()) ? entry : next(entry, entry.generations(), entry.labels(), share);
    }

    /** The generations once this one is live. */
    static List<AdapterGeneration> withLive(AdapterEntry entry, AdapterGeneration chosen, long promotedAt) {
        return entry.generations().stream()
                .map(g -> {
                    if (g.equals(chosen)) {
                        return g.become(AdapterState.LIVE, promotedAt);
                    }
                    return g.state() == AdapterState.LIVE ? g.become(AdapterState.CANDIDATE, g.promotedAt()) : g;
                })
                .toList();
    }

    private static AdapterEntry madeLive(AdapterEntry entry, AdapterGeneration chosen, long promotedAt) {
        return chosen.state() == AdapterState.LIVE
                ? entry
                : next(entry, withLive(entry, chosen, promotedAt), entry.labels(), shareOfOthers(entry, chosen));
    }

    private static Optional<TrafficShare> shareOfOthers(AdapterEntry entry, AdapterGeneration generation) {
        return entry.share().filter(share -> share.generation() != generation.generation());
    }

    private static AdapterGeneration found(AdapterEntry entry, int generation) {
        return entry.generation(generation)
                .orElseThrow(() -> new FaultException(Fault.input(
                        "generation_not_found",
                        "generation",
                        generation,
                        "must be one of "
                                + entry.generations().stream()
                                        .map(g -> Integer.toString(g.generation()))
                                        .collect(Collectors.joining(", ")))));
    }

    private static int served(AdapterGeneration generation) {
        if (!generation.served()) {
            throw refused(generation.generation(), "is retired: promote it first");
        }
        return generation.generation();
    }

    private static FaultException refused(int generation, String remedy) {
        return new FaultException(Fault.input("adapter_state", "generation", generation, remedy));
    }

    private static FaultException nothingBefore(AdapterEntry entry, String remedy) {
        return new FaultException(Fault.input("nothing_to_roll_back_to", "name", entry.name(), remedy));
    }

    private static AdapterEntry next(
            AdapterEntry entry,
            List<AdapterGeneration> generations,
            Map<String, Integer> labels,
            Optional<TrafficShare> share) {
        return new AdapterEntry(entry.name(), entry.revision() + 1, generations, labels, share);
    }

    private AdapterTransitions() {}
}
