/** What comes out of the engine, on its way to the door. */
@NullMarked
package dev.graft.inference.answer;

import org.jspecify.annotations.NullMarked;
