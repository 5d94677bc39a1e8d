package dev.graft.contracts;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a writer believes of an entry: the change is made only where it is so. Each part may be left out; a writer that expects nothing changes
 * whatever is there.
 *
 * @param revision the entry's {@link AdapterEntry#revision}; 0: there is no entry
 * @param generation the number of its newest generation; 0: there is no entry. Promotions, labels and the like between don't count
 */
public record AdapterExpectation(OptionalLong revision, OptionalInt generation) {
    /** Nothing is expected. */
    public static final AdapterExpectation NONE = new AdapterExpectation(OptionalLong.empty(), OptionalInt.empty());

    /** That the entry is at this revision. */
    public static AdapterExpectation revision(long revision) {
        return new AdapterExpectation(OptionalLong.of(revision), OptionalInt.empty());
    }

    /** That this generation is the newest. */
    public static AdapterExpectation generation(int generation) {
        return new AdapterExpectation(OptionalLong.empty(), OptionalInt.of(generation));
    }

    /** Whether it is so. */
    public boolean fits(Optional<AdapterEntry> current) {
        long revisionNow = current.map(AdapterEntry::revision).orElse(0L);
        int generationNow = current.map(entry -> entry.newest().generation()).orElse(0);
        return revision.orElse(revisionNow) == revisionNow && generation.orElse(generationNow) == generationNow;
    }
}
