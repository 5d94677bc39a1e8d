/** {@code graft demo}: reviews through three templates, measured, and one answer streamed. */
@NullMarked
package dev.graft.cli.demo;

import org.jspecify.annotations.NullMarked;
