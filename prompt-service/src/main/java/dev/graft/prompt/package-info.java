/**
 * Templates, and what runs them. A request comes in through {@link dev.graft.prompt.api} (HTTP) or {@link dev.graft.prompt.events} (Kafka), its
 * {@link dev.graft.prompt.template} is looked up and rendered, {@link dev.graft.prompt.dispatch} hands the prompt to the inference service and
 * judges what comes back, and the answer leaves through the door that the request came in by.
 */
@NullMarked
package dev.graft.prompt;

import org.jspecify.annotations.NullMarked;
