package dev.graft.training.job;

/** Sees what a training does, on the machine that does it. Called by threads that train; quick. */
public interface RunWatch {
    /** Nobody watches. */
    RunWatch NOBODY = new RunWatch() {
        @Override
        public void expects(long bytes) {}

        @Override
        public void stepped(Learner.Learned step, double tokensPerSecond, long residentBytes) {}

        @Override
        public void measured(double loss) {}

        @Override
        public void saved(long nanos) {}
    };

    /** @param bytes that the process is expected to have in memory */
    void expects(long bytes);

    /** @param residentBytes that the process has in memory */
    void stepped(Learner.Learned step, double tokensPerSecond, long residentBytes);

    /** @param loss on the validation examples */
    void measured(double loss);

    /** @param nanos that a checkpoint took */
    void saved(long nanos);
}
