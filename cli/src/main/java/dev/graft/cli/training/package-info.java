/** Training jobs as people see them. */
@NullMarked
package dev.graft.cli.training;

import org.jspecify.annotations.NullMarked;
