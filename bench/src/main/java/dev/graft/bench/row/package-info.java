/** What a benchmark says: rows with goals, as a table and as JSON. */
@NullMarked
package dev.graft.bench.row;

import org.jspecify.annotations.NullMarked;
