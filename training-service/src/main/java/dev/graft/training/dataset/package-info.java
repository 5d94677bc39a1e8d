/** Files of examples: read line by line, judged before training, rendered and tokenized by the very code that serving uses. */
@NullMarked
package dev.graft.training.dataset;

import org.jspecify.annotations.NullMarked;
