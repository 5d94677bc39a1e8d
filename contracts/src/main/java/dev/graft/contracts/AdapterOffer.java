package dev.graft.contracts;

import java.net.URI;
import java.util.List;

/**
 * An adapter's file as it is offered to the registry, checked against its base by whoever offers it.
 *
 * @param baseSha256 SHA-256 of the base model's file that it was checked against
 * @param sha256 of the adapter's file
 * @param bytes its size
 * @param rank the highest rank of its matrices
 * @param targets the matrices of a layer that it changes, such as {@code q} and {@code v}
 * @param source where every instance gets the file: a {@code file:}, {@code http:}, {@code https:} or {@code s3:} URI of at most 2000 characters
 * @param lineage where it comes from
 */
public record AdapterOffer(
        String baseSha256,
        String sha256,
        long bytes,
        int rank,
        List<String> targets,
        URI source,
        AdapterLineage lineage) {
    private static final int LONGEST_SOURCE = 2000;
    private static final int MOST_TARGETS = 16;

    public AdapterOffer {
        targets = List.copyOf(targets);
        AdapterNames.sha256("baseSha256", baseSha256);
        AdapterNames.sha256("sha256", sha256);
        require(bytes > 0, "bytes", bytes, "must be above 0");
        require(rank > 0, "rank", rank, "must be above 0");
        require(
                !targets.isEmpty() && targets.size() <= MOST_TARGETS,
                "targets",
                targets,
                "must be 1 to " + MOST_TARGETS + " of a layer's matrices");
        require(source.isAbsolute(), "source", source, "must be a URI with a scheme: file, http, https or s3");
        require(source.toString().length() <= LONGEST_SOURCE, "source", source, "is too long: at most 2000 characters");
        require(source.getRawUserInfo() == null, "source", "a URI with a user", "must hold no credentials");
    }

    private static void require(boolean holds, String field, Object value, String remedy) {
        if (!holds) {
            throw AdapterNames.invalid(field, value, remedy);
        }
    }
}
