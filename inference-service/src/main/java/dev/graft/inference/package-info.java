/**
 * Runs the quantized model through llama.cpp. A request goes this way:
 *
 * <pre>
 * api | events ─► request ─► admission ─► schedule ─► prefix ─► decode ─► answer ─► api | events
 * </pre>
 *
 * {@code api} (HTTP) and {@code events} (Kafka) are the two doors; nothing behind them knows either. {@code request} checks and tokenizes,
 * {@code admission} queues, {@code schedule} plans each decode step, {@code prefix} knows which tokens' KV cells are there already,
 * {@code decode} is the one thread that touches llama.cpp, {@code answer} carries what comes out back to the door. {@code adapter} stands beside: which
 * adapters there are, and that the engine has them.
 */
@NullMarked
package dev.graft.inference;

import org.jspecify.annotations.NullMarked;
