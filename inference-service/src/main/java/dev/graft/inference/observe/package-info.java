/** What an operator sees of the service: meters, spans, readiness. Nothing here changes an answer. */
@NullMarked
package dev.graft.inference.observe;

import org.jspecify.annotations.NullMarked;
