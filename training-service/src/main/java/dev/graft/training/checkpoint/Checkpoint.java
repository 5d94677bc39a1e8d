package dev.graft.training.checkpoint;

import java.nio.file.Path;

/**
 * A state that is whole: its checksums were right when it was read.
 *
 * @param state the trainer's own file
 * @param progress what the job knows beside
 */
public record Checkpoint(Path state, Progress progress) {}
