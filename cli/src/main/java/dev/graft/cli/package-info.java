/**
 * The {@code graft} command. {@link dev.graft.cli.Graft} reads the command line; {@code command} holds one class a command; {@code stack}
 * starts and stops the processes; {@code events} sends prompt requests over Kafka and gathers their results; {@code demo} is the demo.
 */
@NullMarked
package dev.graft.cli;

import org.jspecify.annotations.NullMarked;
