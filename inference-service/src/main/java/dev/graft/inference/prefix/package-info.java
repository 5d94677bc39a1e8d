/** Which tokens' KV cells are there already: a radix tree over the cells, found from the tokens alone. */
@NullMarked
package dev.graft.inference.prefix;

import org.jspecify.annotations.NullMarked;
