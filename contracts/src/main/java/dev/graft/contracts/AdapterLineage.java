package dev.graft.contracts;

import java.util.Optional;

/**
 * Where an adapter comes from; each part at most 300 characters, all of them optional.
 *
 * @param datasetSha256 of the data that it was trained on
 * @param template the template, with its version, that rendered them
 * @param recipe how it was trained
 * @param job the training job's id
 */
public record AdapterLineage(
        Optional<String> datasetSha256, Optional<String> template, Optional<String> recipe, Optional<String> job) {
    private static final int LONGEST = 300;

    public AdapterLineage {
        datasetSha256.ifPresent(sha256 -> AdapterNames.sha256("lineage.datasetSha256", sha256));
        requireShort("lineage.template", template);
        requireShort("lineage.recipe", recipe);
        requireShort("lineage.job", job);
    }

    /** Nothing is known. */
    public static AdapterLineage unknown() {
        return new AdapterLineage(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static void requireShort(String field, Optional<String> text) {
        if (text.isPresent() && text.get().length() > LONGEST) {
            throw AdapterNames.invalid(
                    field, text.get().length() + " characters", "must have at most " + LONGEST + " characters");
        }
    }
}
