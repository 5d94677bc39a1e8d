/** A real broker for tests. */
@NullMarked
package dev.graft.testing.broker;

import org.jspecify.annotations.NullMarked;
