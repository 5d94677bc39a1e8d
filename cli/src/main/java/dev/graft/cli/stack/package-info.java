/**
 * The stack on one machine: broker, topics and services as processes on 127.0.0.1. {@link dev.graft.cli.stack.Stack} starts and stops it
 * for {@code graft up} and {@code graft demo}, and for tests that want a whole stack of their own.
 */
@NullMarked
package dev.graft.cli.stack;

import org.jspecify.annotations.NullMarked;
