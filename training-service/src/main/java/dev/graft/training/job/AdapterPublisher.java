package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes an adapter known to all inference-services. */
public interface AdapterPublisher {
    /**
     * Asks, before a training, whether its adapter would be taken.
     *
     * @param rank it will have
     * @return what could not be asked, in words; a training does not wait for that
     * @throws dev.graft.contracts.FaultException where it would be refused, with the figures
     */
    List<String> check(int rank) throws IOException, InterruptedException;

    /**
     * Registers a file as its adapter's newest generation, live at once; the same file again changes nothing.
     *
     * @param gguf the adapter
     * @param wanted asked before each try; throws where it is not
     * @throws dev.graft.contracts.FaultException where it is refused, or nobody takes it
     */
    Published publish(String name, Path gguf, AdapterLineage lineage, Runnable wanted)
            throws IOException, InterruptedException;

    /**
     * What it is known as.
     *
     * @param generation its number
     * @param sha256 of its file
     */
    record Published(int generation, String sha256) {}
}
