/** {@code graft bench training}: training on the quantized file, beside PEFT on the same weights, data and batches. */
@NullMarked
package dev.graft.bench.training;

import org.jspecify.annotations.NullMarked;
