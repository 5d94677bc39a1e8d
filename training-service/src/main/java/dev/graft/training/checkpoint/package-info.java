/** A training's state, kept safe from a crash: written whole or not at all, checked when it is read, bounded in number. */
@NullMarked
package dev.graft.training.checkpoint;

import org.jspecify.annotations.NullMarked;
