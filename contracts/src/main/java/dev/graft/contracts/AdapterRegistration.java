package dev.graft.contracts;

import dev.graft.contracts.AdapterChange.Register;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a file becomes a generation. */
final class AdapterRegistration {
    static AdapterEntry register(String name, Optional<AdapterEntry> current, Register asked) {
        if (current.isEmpty()) {
            AdapterNames.name("name", name);
            AdapterGeneration first = AdapterGeneration.of(1, asked.offer(), asked.at());
            return entered(new AdapterEntry(name, 1, List.of(first), Map.of(), Optional.empty()), asked.live());
        }
        AdapterEntry entry = current.get();
        if (sameFile(entry.newest(), asked.offer())) {
            return asked.live()
                    ? AdapterTransitions.promote(entry, entry.newest().generation())
                    : entry;
        }
        List<AdapterGeneration> kept = new ArrayList<>(entry.generations());
        if (kept.size() >= AdapterEntry.MOST_GENERATIONS) {
            kept.remove(dispensable(entry));
        }
        kept.add(AdapterGeneration.of(entry.newest().generation() + 1, asked.offer(), asked.at()));
        return entered(new AdapterEntry(name, entry.revision() + 1, kept, entry.labels(), entry.share()), asked.live());
    }

    /** The entry with its newest generation live where it should be: one change, so one revision. */
    private static AdapterEntry entered(AdapterEntry entry, boolean live) {
        if (!live) {
            return entry;
        }
        return new AdapterEntry(
                entry.name(),
                entry.revision(),
                AdapterTransitions.withLive(entry, entry.newest(), entry.revision()),
                entry.labels(),
                entry.share());
    }

    private static boolean sameFile(AdapterGeneration newest, AdapterOffer offer) {
        return newest.served()
                && newest.sha256().equals(offer.sha256())
                && newest.baseSha256().equals(offer.baseSha256());
    }

    /** The oldest retired one, else the oldest candidate that no label, share or rollback needs. */
    private static AdapterGeneration dispensable(AdapterEntry entry) {
        return entry.generations().stream()
                .filter(g -> !entry.needs(g))
                .min(Comparator.comparing(AdapterGeneration::served).thenComparingInt(AdapterGeneration::generation))
                .orElseThrow(() -> new FaultException(Fault.input(
                        "too_many_generations",
                        "name",
                        entry.name(),
                        "has " + AdapterEntry.MOST_GENERATIONS
                                + " generations that are live, labelled or shared: retire one first")));
    }

    private AdapterRegistration() {}
}
