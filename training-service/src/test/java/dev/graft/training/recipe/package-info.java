@NullMarked
package dev.graft.training.recipe;

import org.jspecify.annotations.NullMarked;
