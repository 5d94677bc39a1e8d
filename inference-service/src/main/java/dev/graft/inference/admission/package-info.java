/** The queue before the engine: bounded, by priority and deadline. */
@NullMarked
package dev.graft.inference.admission;

import org.jspecify.annotations.NullMarked;
