package dev.graft.inference.observe;

import dev.graft.contracts.Served;
import dev.graft.inference.adapter.AdapterRef;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tags {@link MeterNames#ADAPTER} and {@link MeterNames#GENERATION}. Meters stay as long as the process, and each pair costs a hundred series: only
 * so many pairs are told apart, those that come later are counted together as {@link #OTHERS}.
 */
@Singleton
public final class WeightTags {
    static final int MOST = 500;
    static final String OTHERS = "(others)";

    private static final Tags BASE = tags("", 0);

    private final Map<String, Tags> known = new ConcurrentHashMap<>();

    Tags of(Served served) {
        return served.adapter().isEmpty() ? BASE : of(served.adapter(), served.generation());
    }

    Tags of(Optional<AdapterRef> weights) {
        return weights.map(adapter -> of(adapter.name(), adapter.generation())).orElse(BASE);
    }

    private Tags of(String adapter, int generation) {
        String key = adapter + "@" + generation;
        Tags told = known.get(key);
        if (told != null) {
            return told;
        }
        return known.size() < MOST ? known.computeIfAbsent(key, k -> tags(adapter, generation)) : tags(OTHERS, 0);
    }

    private static Tags tags(String adapter, int generation) {
        return Tags.of(MeterNames.ADAPTER, adapter, MeterNames.GENERATION, Integer.toString(generation));
    }
}
