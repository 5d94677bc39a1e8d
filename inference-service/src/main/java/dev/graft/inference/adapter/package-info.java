/**
 * Which adapters there are, and that the engine has them.
 *
 * <pre>
 * api ─► Registrar ─► RegistryLog ─► graft.adapters ─► Registry ─► AdapterLoader ─► AdapterFiles ─► AdapterStore (the engine)
 *                     (events)                         │
 * request ─► Adapters ◄─────────────────────────────────┘
 * </pre>
 *
 * {@link dev.graft.inference.adapter.Registry} holds what this instance read of the log, in the log's order and nothing else, so instances that are
 * killed, restarted or new come to know the same by themselves. {@link dev.graft.inference.adapter.AdapterLoader} compares it with what is loaded, again
 * and again, so it does not matter in which order things come or fail. {@link dev.graft.inference.adapter.RegistryLog} is the one way to change the
 * registry; the one in Kafka lives in {@code events}, which alone knows Kafka, and this package knows neither Kafka nor HTTP.
 *
 * <p>A request's weights are an {@link dev.graft.inference.adapter.AdapterRef}, chosen once when it comes in and kept until its end: a promotion or
 * rollback reaches the requests that come after it, and a new generation is loaded beside the old.
 */
@NullMarked
package dev.graft.inference.adapter;

import org.jspecify.annotations.NullMarked;
