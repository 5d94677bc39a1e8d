@NullMarked
package dev.graft.training.api;

import org.jspecify.annotations.NullMarked;
