package dev.graft.inference.adapter.files;

import java.util.concurrent.ExecutorService;

/** Where adapters' files are fetched, hashed and read. */
@FunctionalInterface
public interface FileThreads {
    /** Threads of its own for whoever asks: a task may block. */
    ExecutorService executor();
}
