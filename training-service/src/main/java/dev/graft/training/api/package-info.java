/**
 * The HTTP door: OpenAI's API for files and fine-tuning jobs, with its names and its errors, and what is Graft's beside. Each call has a virtual thread.
 */
@NullMarked
package dev.graft.training.api;

import org.jspecify.annotations.NullMarked;
