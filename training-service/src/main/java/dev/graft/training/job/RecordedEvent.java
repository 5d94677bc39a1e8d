package dev.graft.training.job;

import dev.graft.contracts.TrainingEvent;

/**
 * An event with its place in the log, which is the same for whoever reads it.
 *
 * @param position in the log; rises
 * @param event what happened
 */
public record RecordedEvent(long position, TrainingEvent event) {}
