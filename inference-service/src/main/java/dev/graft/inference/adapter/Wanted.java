package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.AdapterState;
import dev.graft.inference.adapter.Registry.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What an instance should have, by the registry.
 *
 * @param served all generations that requests may name
 * @param early those that requests are likely to meet: live ones, those with a label or a share, and the one that a rollback would go to
 * @param live what the instance is not ready without
 */
record Wanted(
        Map<AdapterRef, AdapterGeneration> served, Map<AdapterRef, AdapterGeneration> early, List<AdapterRef> live) {
    /** @param carries whether the base that is served here is the generation's */
    static Wanted of(List<Known> registry, Predicate<AdapterGeneration> carries) {
        Map<AdapterRef, AdapterGeneration> served = new HashMap<>();
        Map<AdapterRef, AdapterGeneration> early = new HashMap<>();
        List<AdapterRef> live = new ArrayList<>();
        for (Known known : registry) {
            AdapterEntry entry = known.entry();
            for (AdapterGeneration generation : entry.generations()) {
                if (!generation.served() || !carries.test(generation)) {
                    continue;
                }
                AdapterRef ref = AdapterRef.of(entry.name(), generation);
                served.put(ref, generation);
                if (entry.needs(generation)) {
                    early.put(ref, generation);
                }
                if (generation.state() == AdapterState.LIVE) {
                    live.add(ref);
                }
            }
        }
        return new Wanted(served, early, live);
    }
}
