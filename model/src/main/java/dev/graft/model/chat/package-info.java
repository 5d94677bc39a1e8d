/** Conversations to text, by the chat template inside a GGUF file, told apart into what the template wrote and what people wrote. */
@NullMarked
package dev.graft.model.chat;

import org.jspecify.annotations.NullMarked;
