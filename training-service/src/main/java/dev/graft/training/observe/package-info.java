/** What operators see: how many jobs stand how, and how fast the running ones are. */
@NullMarked
package dev.graft.training.observe;

import org.jspecify.annotations.NullMarked;
