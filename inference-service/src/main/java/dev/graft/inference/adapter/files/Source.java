package dev.graft.inference.adapter.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** A kind of place that files come from. */
interface Source {
    /**
     * The file's bytes; to be closed. Interrupting the thread that reads them ends a read that waits.
     *
     * @throws dev.graft.contracts.FaultException where there is no such file, or it is not given out
     * @throws IOException where the place can't be reached
     */
    InputStream open(URI uri) throws IOException, InterruptedException;
}
