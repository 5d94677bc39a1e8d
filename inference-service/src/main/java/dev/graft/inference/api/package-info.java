/**
 * The HTTP door, compatible with OpenAI's API and, for text tools, with llama-server's.
 *
 * <p>{@link dev.graft.inference.api.Routes} gives each call a virtual thread; it parses the body ({@link dev.graft.inference.api.JsonBody}), submits
 * requests to the engine and writes what comes back, token by token. A client that goes away closes its answers.
 */
@NullMarked
package dev.graft.inference.api;

import org.jspecify.annotations.NullMarked;
