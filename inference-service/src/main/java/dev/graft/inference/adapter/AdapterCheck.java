package dev.graft.inference.adapter;

import java.nio.file.Path;
import java.util.List;

/** Whether a file is an adapter for the served model: decided in Java, before anything native reads it. */
public interface AdapterCheck {
    /**
     * What a sound file says of itself.
     *
     * @param rank the highest rank of its matrices
     * @param targets the matrices of a layer that it changes, such as {@code q} and {@code v}
     */
    record Facts(int rank, List<String> targets) {
        public Facts {
            targets = List.copyOf(targets);
        }
    }

    /** @throws dev.graft.contracts.FaultException {@code adapter_refused}, with what is wrong and where */
    Facts check(Path file);
}
