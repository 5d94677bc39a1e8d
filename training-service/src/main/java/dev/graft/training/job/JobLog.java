package dev.graft.training.job;

import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;

/** Where jobs are asked for and what happens to them is written down; what is written comes back through the {@link JobBook} of every instance. */
public interface JobLog {
    /**
     * Returns when the event is safe.
     *
     * @throws dev.graft.contracts.FaultException of kind {@code CAPACITY} where it can't be written now
     */
    void tell(TrainingEvent event);

    /** An event that nothing depends on; returns at once. */
    void mention(TrainingEvent event);

    /**
     * Asks for a job; returns when that is safe.
     *
     * @throws dev.graft.contracts.FaultException as {@link #tell}
     */
    void ask(TrainingRequest request);

    /**
     * Says a word to a job; returns when that is safe.
     *
     * @throws dev.graft.contracts.FaultException as {@link #tell}
     */
    void control(TrainingControl control);
}
