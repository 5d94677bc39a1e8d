package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.files.FileStamp;
import dev.graft.llama.AdapterWeights;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An adapter that requests may name, in memory or on disk. Guarded by the lock of {@link AdapterSlots}, which alone changes it. */
final class KnownAdapter {
    final AdapterRef ref;
    final Path file;

    /** Of the file when it was checked. */
    FileStamp stamp;

    @Nullable
    AdapterWeights weights;
    /** 0: none. */
    int slot;
    /** Requests that compute with it. */
    int pins;

    long lastUse;
    boolean reading;

    /** The round in which a request asked for the weights last, and waits: they stay in memory until it has them. 0: none waits. */
    long awaitedIn;

    /** The file is not what was loaded any more. */
    boolean lost;

    boolean unloaded;
    /** Why it could not be read; told to the next request. */
    @Nullable
    Fault fault;

    KnownAdapter(AdapterRef ref, Path file, FileStamp stamp) {
        this.ref = ref;
        this.file = file;
        this.stamp = stamp;
    }

    boolean needed() {
        return pins > 0 || awaitedIn > 0;
    }
}
