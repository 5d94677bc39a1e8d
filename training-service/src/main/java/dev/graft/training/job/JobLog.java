package dev.graft.training.job;

import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;

/** Where jobs are asked for and what happens to them is written down; what is written comes back through the {@link JobBook} of every instance. */
public interface JobLog {
    /** Code of the fault where nothing can be written. */
    String UNAVAILABLE = "kafka_unavailable";

    /** Code of the fault where what was written does not come back. */
    String UNREAD = "events_unread";

    /**
     * Returns when the event is safe.
     *
     * @return its position in the log
     * @throws dev.graft.contracts.FaultException {@link #UNAVAILABLE} where it can't be written now
     */
    long tell(TrainingEvent event);

    /** An event that nothing depends on; returns at once. */
    void mention(TrainingEvent event);

    /**
     * Says that a job waits, and asks for a worker: both or, whatever happens, neither. Returns when that is safe.
     *
     * @throws dev.graft.contracts.FaultException as {@link #tell}
     */
    void queue(TrainingEvent.Queued event);

    /**
     * Says a word to a job; returns when that is safe.
     *
     * @throws dev.graft.contracts.FaultException as {@link #tell}
     */
    void control(TrainingControl control);
}
