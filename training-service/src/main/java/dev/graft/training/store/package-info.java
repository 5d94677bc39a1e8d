/** Files that survive a crash: written whole or not at all, and found again by what they hold. */
@NullMarked
package dev.graft.training.store;

import org.jspecify.annotations.NullMarked;
