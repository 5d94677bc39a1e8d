/** The Kafka door: requests in, results out, and the way to the inference service and back. */
@NullMarked
package dev.graft.prompt.events;

import org.jspecify.annotations.NullMarked;
