@NullMarked
package dev.graft.cli.launcher;

import org.jspecify.annotations.NullMarked;
