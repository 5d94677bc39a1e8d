/** {@code graft bench overload}: what refusing costs those who are served. */
@NullMarked
package dev.graft.bench.overload;

import org.jspecify.annotations.NullMarked;
