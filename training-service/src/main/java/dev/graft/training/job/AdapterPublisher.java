package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import java.io.IOException;
import java.nio.file.Path;

/** Makes an adapter known to all inference-services. */
public interface AdapterPublisher {
    /**
     * Registers a file as its adapter's newest generation, live at once; the same file again changes nothing.
     *
     * @param gguf the adapter
     * @throws dev.graft.contracts.FaultException where it is refused, or nobody takes it
     */
    Published publish(String name, Path gguf, AdapterLineage lineage) throws IOException, InterruptedException;

    /**
     * What it is known as.
     *
     * @param generation its number
     * @param sha256 of its file
     */
    record Published(int generation, String sha256) {}
}
