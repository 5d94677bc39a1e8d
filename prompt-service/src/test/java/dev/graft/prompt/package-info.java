@NullMarked
package dev.graft.prompt;

import org.jspecify.annotations.NullMarked;
