/** The command's side of Kafka: prompt requests out, their results in, dead letters. */
@NullMarked
package dev.graft.cli.events;

import org.jspecify.annotations.NullMarked;
