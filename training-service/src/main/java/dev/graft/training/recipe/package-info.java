/** What may be chosen of a training, checked once: pure values that everything behind the doors takes as they are. */
@NullMarked
package dev.graft.training.recipe;

import org.jspecify.annotations.NullMarked;
