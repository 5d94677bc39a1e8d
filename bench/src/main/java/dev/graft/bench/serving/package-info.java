/** The rows of the serving benchmark. */
@NullMarked
package dev.graft.bench.serving;

import org.jspecify.annotations.NullMarked;
