@NullMarked
package dev.graft.training.settings;

import org.jspecify.annotations.NullMarked;
