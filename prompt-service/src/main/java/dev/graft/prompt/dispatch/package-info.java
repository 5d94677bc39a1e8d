/** Runs: a rendered prompt goes to the inference service, its answer is judged, kept and given back. Knows the transport by an interface only. */
@NullMarked
package dev.graft.prompt.dispatch;

import org.jspecify.annotations.NullMarked;
