/** What a Llama model file is, in Java. Used alike by serving and training, so that both see the same tokens. */
@NullMarked
package dev.graft.model;

import org.jspecify.annotations.NullMarked;
