/** How services deal with Kafka's broker. */
@NullMarked
package dev.graft.broker;

import org.jspecify.annotations.NullMarked;
