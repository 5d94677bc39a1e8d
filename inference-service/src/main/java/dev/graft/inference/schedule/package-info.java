/** What the next decode step computes: plain Java over what is running, no native type. */
@NullMarked
package dev.graft.inference.schedule;

import org.jspecify.annotations.NullMarked;
