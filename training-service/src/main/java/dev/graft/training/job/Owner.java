package dev.graft.training.job;

/**
 * Who has a job.
 *
 * @param worker its name, different for each worker and each of its lives
 * @param attempt counts the workers that had the job; 0: none had
 */
public record Owner(String worker, int attempt) {
    /** Nobody yet. */
    static final Owner NONE = new Owner("", 0);
}
