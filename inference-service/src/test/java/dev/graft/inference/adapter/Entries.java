package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterChange.Register;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.AdapterOffer;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Entries as changes make them. */
public final class Entries {
    public static final Instant AT = Instant.parse("2026-11-24T17:00:00Z");

    public static AdapterEntry after(String name, AdapterChange... changes) {
        Optional<AdapterEntry> entry = Optional.empty();
        for (AdapterChange change : changes) {
            entry = Optional.of(change.apply(name, entry));
        }
        return entry.orElseThrow();
    }

    /** A file that is nowhere, for a base that nobody has. */
    public static Register nowhere(int number, boolean live) {
        return register("b".repeat(64), String.format("%064x", number), URI.create("file:///nowhere"), live);
    }

    public static Register register(String base, String sha256, URI source, boolean live) {
        var offer = new AdapterOffer(base, sha256, 1000, 4, List.of("q", "v"), source, AdapterLineage.unknown());
        return new Register(offer, live, AT);
    }

    private Entries() {}
}
