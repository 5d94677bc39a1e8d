package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import java.util.Optional;

/** Where the registry is kept: the one place that changes it. What is written comes back through the {@link Registry} of every instance. */
public interface RegistryLog {
    /** What became of a change. */
    sealed interface Outcome {
        /** The entry is now this one. */
        record Written(AdapterEntry entry) implements Outcome {}

        /** The entry was such already. */
        record Unchanged(AdapterEntry entry) implements Outcome {}

        /** It is not as its writer expected: nothing was changed. */
        record Stale(Optional<AdapterEntry> current) implements Outcome {}
    }

    /**
     * Changes an entry where it is as expected, and nobody else's change comes between. What is written was read by this instance's {@link Registry}
     * when it returns, unless the log is slow.
     *
     * @throws dev.graft.contracts.FaultException what {@link AdapterChange#apply} refuses; of kind {@code CAPACITY} where the log can't be written
     */
    Outcome change(String name, AdapterExpectation expected, AdapterChange change) throws InterruptedException;

    /** Where that is, in a word for people: such as a topic's name. */
    String place();
}
