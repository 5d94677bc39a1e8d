/** Text to tokens and back, as llama.cpp does it, from the vocabulary inside a GGUF file. */
@NullMarked
package dev.graft.model.tokenizer;

import org.jspecify.annotations.NullMarked;
