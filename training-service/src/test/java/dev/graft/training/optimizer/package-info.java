@NullMarked
package dev.graft.training.optimizer;

import org.jspecify.annotations.NullMarked;
