package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.Map;

/** What a job's sender wants to find it by: OpenAI's limits, for it goes along with all that is told of the job. */
final class JobMetadata {
    private static final int MOST_KEYS = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;

    /** @throws FaultException {@code invalid_metadata} */
    static void check(Map<String, String> metadata) {
        if (metadata.size() > MOST_KEYS) {
            throw invalid("metadata", metadata.size() + " keys", "must have at most " + MOST_KEYS + " keys");
        }
        metadata.forEach((key, value) -> {
            if (key.isEmpty() || length(key) > LONGEST_KEY) {
                throw invalid("metadata", key, "must have keys of 1 to " + LONGEST_KEY + " characters");
            }
            if (length(value) > LONGEST_VALUE) {
                throw invalid(
                        "metadata." + key,
                        length(value) + " characters",
                        "must have at most " + LONGEST_VALUE + " characters");
            }
        });
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static FaultException invalid(String field, String value, String remedy) {
        return new FaultException(Fault.input("invalid_metadata", field, value, remedy));
    }

    private JobMetadata() {}
}
