@NullMarked
package dev.graft.training.checkpoint;

import org.jspecify.annotations.NullMarked;
