package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.UUID;
import java.util.regex.Pattern;

/** What jobs may be called: each id is safe as a folder's name and as a part of a URL. */
public final class JobIds {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** A new one. */
    public static String next() {
        return "ftjob-" + UUID.randomUUID().toString().replace("-", "");
    }

    /** @throws FaultException {@code malformed_id} */
    public static String require(String id) {
        if (!ID.matcher(id).matches()) {
            throw new FaultException(
                    Fault.input("malformed_id", "id", id, "must have 1 to 64 letters, digits, _ and -"));
        }
        return id;
    }

    private JobIds() {}
}
