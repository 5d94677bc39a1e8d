/** The GGUF file: read in pure Java, every size and offset checked before it is trusted; written again for adapters and copies. */
@NullMarked
package dev.graft.model.gguf;

import org.jspecify.annotations.NullMarked;
