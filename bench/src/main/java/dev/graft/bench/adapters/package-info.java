/** The rows of the adapters' benchmark. */
@NullMarked
package dev.graft.bench.adapters;

import org.jspecify.annotations.NullMarked;
