@NullMarked
package dev.graft.prompt.events;

import org.jspecify.annotations.NullMarked;
