/** The one HTTP client for both servers, made to cost little beside them. */
@NullMarked
package dev.graft.bench.client;

import org.jspecify.annotations.NullMarked;
