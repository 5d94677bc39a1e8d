/** How gradients become changes of weights: learning rates over the steps, clipping, AdamW. */
@NullMarked
package dev.graft.training.optimizer;

import org.jspecify.annotations.NullMarked;
