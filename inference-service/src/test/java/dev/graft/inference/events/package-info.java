@NullMarked
package dev.graft.inference.events;

import org.jspecify.annotations.NullMarked;
