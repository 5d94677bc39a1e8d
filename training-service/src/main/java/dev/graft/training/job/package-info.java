/**
 * One job from queued to its end. {@link dev.graft.training.job.JobBook} is what is known of all jobs, folded from their events; {@link
 * dev.graft.training.job.Worker} takes one and sees it through; {@link dev.graft.training.job.TrainingRun} is its steps.
 */
@NullMarked
package dev.graft.training.job;

import org.jspecify.annotations.NullMarked;
