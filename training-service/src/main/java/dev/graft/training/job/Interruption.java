package dev.graft.training.job;

/** Why a run ends before its last step. */
enum Interruption {
    /** Somebody wants the worker for something else. */
    PAUSE,
    /** Nobody wants the adapter. */
    CANCEL,
    /** The service stops. */
    GIVE_BACK,
    /** Another worker has the job. */
    LOST
}
