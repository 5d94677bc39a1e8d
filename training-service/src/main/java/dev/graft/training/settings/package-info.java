/** What an operator may set, each with its default: properties {@code graft.…} or environment variables {@code GRAFT_…}. */
@NullMarked
package dev.graft.training.settings;

import org.jspecify.annotations.NullMarked;
