package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import java.time.Duration;
import java.util.Optional;

/** Told what becomes of generations on this instance; on threads that load, so it must not block. */
public interface LoadWatch {
    /**
     * Requests may name it now.
     *
     * @param loading how long its file took to be fetched, checked and taken
     * @param sinceRecord from when its entry was last written, where this instance followed the log then
     */
    void loaded(AdapterRef ref, Duration loading, Optional<Duration> sinceRecord);

    /** It could not be loaded. */
    void failed(AdapterRef ref, Fault fault);
}
