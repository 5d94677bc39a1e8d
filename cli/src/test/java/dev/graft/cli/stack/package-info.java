@NullMarked
package dev.graft.cli.stack;

import org.jspecify.annotations.NullMarked;
