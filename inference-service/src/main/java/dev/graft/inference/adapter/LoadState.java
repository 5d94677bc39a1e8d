package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;

/** How far a generation is on this instance. */
public sealed interface LoadState {
    /** It was not asked for yet: its file is fetched with the first request that names it. */
    record Waiting() implements LoadState {}

    /** Its file is being fetched, checked and taken by the engine. */
    record Loading() implements LoadState {}

    /** Requests may name it. */
    record Loaded() implements LoadState {}

    /**
     * It could not be loaded.
     *
     * @param fault why
     * @param lasting whether it can never be: then it is not tried again
     */
    record Failed(Fault fault, boolean lasting) implements LoadState {}

    /** It is for another base model than the one that is served here. */
    record OtherBase() implements LoadState {}

    /** It is retired: nobody gets it. */
    record Retired() implements LoadState {}
}
