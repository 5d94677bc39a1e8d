@NullMarked
package dev.graft.training.dataset;

import org.jspecify.annotations.NullMarked;
