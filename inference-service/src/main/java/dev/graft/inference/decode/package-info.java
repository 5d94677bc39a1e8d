/** The one thread that touches llama.cpp: fills a batch from the plan, decodes, draws tokens, scores labels. */
@NullMarked
package dev.graft.inference.decode;

import org.jspecify.annotations.NullMarked;
