/**
 * The Kafka door. Requests are a queue: <i>hands</i> ({@link dev.graft.inference.events.Hand}) take them one by one through a share group, as
 * many as the engine has free slots.
 *
 * <pre>
 * graft.inference.requests ─► Hand ─► RequestEvent ─► Desk ─► admission … answer ─► Results ─► graft.inference.results
 *                                                      │  ▲
 * graft.inference.control ──► ControlFollower ─cancel──┘  └─ StoredAnswers ◄── ResultsFollower ◄── graft.inference.results
 * </pre>
 *
 * A record is accepted only after its result is safe on the broker, so a request may be answered twice after a crash, never zero times.
 * Nothing is stored here: each instance reads the results of all instances and so knows every answer.
 *
 * <p>Beside it the registry of adapters, here because only this package knows Kafka: {@link dev.graft.inference.events.RegistryFollower} reads
 * {@code graft.adapters} into {@code adapter.Registry}, and {@link dev.graft.inference.events.RegistryWriter} is the {@code adapter.RegistryLog} that
 * changes it.
 */
@NullMarked
package dev.graft.inference.events;

import org.jspecify.annotations.NullMarked;
