package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that is to be known of one adapter, in one record of the compacted topic {@link Topics#ADAPTERS}. Key: its name. The newest record of a key is
 * the truth, so promotion, rollback, label and retirement are one record each ({@link AdapterChange}), and whoever reads the topic from its beginning
 * knows what is to be served. A record without value takes the adapter away.
 *
 * <p><b>Writing.</b> Each writer is a transactional producer with the id {@link #WRITER}, which fences the ones before it. It reads the topic to its
 * end, compares, writes one record, commits. What is compared is {@link #revision}, which every change counts up; whoever registers may name the newest
 * {@link #newest() generation} instead, which only registrations count up ({@link AdapterExpectation}).
 *
 * @param name see {@link AdapterNames#name}
 * @param revision counts the entry's changes, from 1
 * @param generations by their numbers, at most {@value #MOST_GENERATIONS}; at most one is live. The oldest that nothing needs go when new ones come
 * @param labels names for generations that are served, at most {@value #MOST_LABELS}
 * @param share the candidate that gets a part of the traffic
 */
public record AdapterEntry(
        String name,
        long revision,
        List<AdapterGeneration> generations,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Integer> labels,
        Optional<TrafficShare> share) {
    /** The most generations of one adapter that are kept. */
    public static final int MOST_GENERATIONS = 8;

    /** The most labels of one adapter. */
    public static final int MOST_LABELS = 16;

    /** {@code transactional.id} of whoever writes to the topic. */
    public static final String WRITER = "graft-adapters";

    public AdapterEntry {
        generations = List.copyOf(generations);
        labels = Map.copyOf(labels);
        AdapterNames.name("name", name);
        require(revision > 0, "revision", revision, "must be above 0");
        requireInOrder(generations);
        require(labels.size() <= MOST_LABELS, "labels", labels.size() + " labels", "at most " + MOST_LABELS);
        for (var label : labels.entrySet()) {
            AdapterNames.label("labels", label.getKey());
            require(
                    in(generations, label.getValue())
                            .filter(AdapterGeneration::served)
                            .isPresent(),
                    "labels." + label.getKey(),
                    label.getValue(),
                    "must be a generation that is served");
        }
        if (share.isPresent()) {
            require(
                    in(generations, share.get().generation())
                            .filter(g -> g.state() == AdapterState.CANDIDATE)
                            .isPresent(),
                    "share.generation",
                    share.get().generation(),
                    "must be a candidate");
        }
    }

    /** The generation that the bare name stands for; empty where all are retired or candidates. */
    public Optional<AdapterGeneration> live() {
        return generations.stream().filter(g -> g.state() == AdapterState.LIVE).findFirst();
    }

    /** The one of this number; empty where it was never there, or is kept no more. */
    public Optional<AdapterGeneration> generation(int number) {
        return in(generations, number);
    }

    /** The one that was registered last. */
    public AdapterGeneration newest() {
        return generations.getLast();
    }

    /** What a rollback without a word goes to: the candidate that was promoted last before the live one; empty where there is none. */
    public Optional<AdapterGeneration> before() {
        long live = live().map(AdapterGeneration::promotedAt).orElse(Long.MAX_VALUE);
        return generations.stream()
                .filter(g -> g.state() == AdapterState.CANDIDATE && g.promotedAt() > 0 && g.promotedAt() < live)
                .max(Comparator.comparingLong(AdapterGeneration::promotedAt));
    }

    /** Whether requests may well meet this one: it is live, labelled or shared, or what a rollback would go to. */
    public boolean needs(AdapterGeneration generation) {
        return generation.state() == AdapterState.LIVE
                || labels.containsValue(generation.generation())
                || share.filter(part -> part.generation() == generation.generation())
                        .isPresent()
                || before().filter(generation::equals).isPresent();
    }

    /** Labels in alphabetical order. */
    public Map<String, Integer> sortedLabels() {
        return new TreeMap<>(labels);
    }

    private static Optional<AdapterGeneration> in(List<AdapterGeneration> generations, int number) {
        return generations.stream().filter(g -> g.generation() == number).findFirst();
    }

    private static void requireInOrder(List<AdapterGeneration> generations) {
        require(
                !generations.isEmpty() && generations.size() <= MOST_GENERATIONS,
                "generations",
                generations.size() + " generations",
                "must be 1 to " + MOST_GENERATIONS);
        int last = 0;
        int live = 0;
        for (AdapterGeneration generation : generations) {
            require(
                    generation.generation() > last,
                    "generations",
                    generation.generation(),
                    "must be in the order of their numbers, each once");
            last = generation.generation();
            live += generation.state() == AdapterState.LIVE ? 1 : 0;
        }
        require(live <= 1, "generations", live + " live", "at most one may be live");
    }

    private static void require(boolean holds, String field, Object value, String remedy) {
        if (!holds) {
            throw AdapterNames.invalid(field, value, remedy);
        }
    }
}
