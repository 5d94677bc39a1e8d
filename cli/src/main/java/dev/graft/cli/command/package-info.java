/** One class a command of {@code graft}: its options, and what it does with them. */
@NullMarked
package dev.graft.cli.command;

import org.jspecify.annotations.NullMarked;
