package dev.graft.training.job;

import java.util.Locale;

/** How a job stands. */
public enum JobStatus {
    QUEUED,
    VALIDATING_FILES,
    RUNNING,
    PAUSED,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing more happens to it. */
    public boolean ended() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    /** Whether it goes on, and no worker has it now. */
    public boolean free() {
        return this == QUEUED || this == PAUSED;
    }

    /** Whether a worker has it. */
    public boolean held() {
        return this == VALIDATING_FILES || this == RUNNING;
    }

    /** As OpenAI's API calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
