/** What is asked, by how many at once. */
@NullMarked
package dev.graft.bench.load;

import org.jspecify.annotations.NullMarked;
