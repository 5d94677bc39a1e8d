@NullMarked
package dev.graft.cli.training;

import org.jspecify.annotations.NullMarked;
