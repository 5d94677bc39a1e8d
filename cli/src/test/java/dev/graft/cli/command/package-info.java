@NullMarked
package dev.graft.cli.command;

import org.jspecify.annotations.NullMarked;
