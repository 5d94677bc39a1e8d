/** The processes that are measured, and the one that disturbs them. */
@NullMarked
package dev.graft.bench.server;

import org.jspecify.annotations.NullMarked;
