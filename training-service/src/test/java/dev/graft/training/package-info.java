@NullMarked
package dev.graft.training;

import org.jspecify.annotations.NullMarked;
