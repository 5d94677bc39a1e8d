/** A request, checked once and tokenized; immutable after. */
@NullMarked
package dev.graft.inference.request;

import org.jspecify.annotations.NullMarked;
