package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/**
 * One file that was registered under an adapter's name. Its weights never change: other weights are another generation.
 *
 * @param generation counts up from 1; a number is never used twice under one name
 * @param baseSha256 SHA-256 of the base model's file that it is for; instances with another base don't serve it
 * @param sha256 of the adapter's file
 * @param bytes the file's size
 * @param rank the highest rank of its matrices
 * @param targets the matrices of a layer that it changes, such as {@code q} and {@code v}
 * @param source where every instance gets the file
 * @param state how it stands
 * @param promotedAt the entry's revision at which it was last promoted; 0: never. A rollback goes to the one that was promoted before the live one
 * @param lineage where it comes from
 * @param createdAt when it was registered
 */
public record AdapterGeneration(
        int generation,
        String baseSha256,
        String sha256,
        long bytes,
        int rank,
        List<String> targets,
        URI source,
        AdapterState state,
        @JsonSetter(nulls = Nulls.AS_EMPTY) long promotedAt,
        AdapterLineage lineage,
        Instant createdAt) {

    public AdapterGeneration {
        targets = List.copyOf(targets);
        var _ = new AdapterOffer(baseSha256, sha256, bytes, rank, targets, source, lineage);
        if (generation < 1) {
            throw AdapterNames.invalid("generation", generation, "must be above 0");
        }
        if (promotedAt < 0 || (promotedAt == 0 && state == AdapterState.LIVE)) {
            throw AdapterNames.invalid("promotedAt", promotedAt, "must be the revision at which it was promoted");
        }
    }

    /** A new candidate. */
    static AdapterGeneration of(int generation, AdapterOffer offer, Instant at) {
        return new AdapterGeneration(
                generation,
                offer.baseSha256(),
                offer.sha256(),
                offer.bytes(),
                offer.rank(),
                offer.targets(),
                offer.source(),
                AdapterState.CANDIDATE,
                0,
                offer.lineage(),
                at);
    }

    /** Whether it is served to anybody. */
    @JsonIgnore
    public boolean served() {
        return state != AdapterState.RETIRED;
    }

    /** @throws FaultException {@code adapter_state} where its state may not become that one */
    AdapterGeneration become(AdapterState next, long promotedAt) {
        if (!state.mayBecome(next)) {
            throw new FaultException(Fault.input(
                    "adapter_state",
                    "generation",
                    generation,
                    "is " + word(state) + " and can't become " + word(next)));
        }
        return new AdapterGeneration(
                generation, baseSha256, sha256, bytes, rank, targets, source, next, promotedAt, lineage, createdAt);
    }

    private static String word(AdapterState state) {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }
}
