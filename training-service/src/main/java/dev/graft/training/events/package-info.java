/**
 * The Kafka door. Jobs are a queue: a {@link dev.graft.training.events.Taker} takes one at a time through a share group and keeps its lock for as long as the
 * job lasts.
 *
 * <pre>
 * graft.training.requests ─► Taker ─► job.Worker ─► KafkaLog ─► graft.training.events ─► Follower ─► job.JobBook
 * graft.training.control ──────────────────────────────────────────────────────────────► Follower ─► job.JobBook ─► job.JobCare
 * </pre>
 *
 * Nothing is stored here: each instance reads all events from the beginning and so knows every job.
 */
@NullMarked
package dev.graft.training.events;

import org.jspecify.annotations.NullMarked;
