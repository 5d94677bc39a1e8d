/**
 * The events that Graft's services exchange: one record an event body, the topics they travel on, and how they are written as JSON.
 *
 * <p>Requests and their results come and go; {@link dev.graft.contracts.AdapterEntry} is a state: the registry of adapters, whose newest record by name is
 * the truth, and whose changes ({@link dev.graft.contracts.AdapterChange}) are pure functions here, so that all writers agree on them.
 *
 * <p>Every event is a CloudEvent 1.0 in Kafka's binary mode ({@link dev.graft.contracts.CloudEventHeaders}); the schemas lie beside the
 * classes in {@code schemas/}, the whole in {@code asyncapi.yaml}.
 */
@NullMarked
package dev.graft.contracts;

import org.jspecify.annotations.NullMarked;
