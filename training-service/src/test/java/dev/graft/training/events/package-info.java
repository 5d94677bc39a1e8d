@NullMarked
package dev.graft.training.events;

import org.jspecify.annotations.NullMarked;
