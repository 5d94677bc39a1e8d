@NullMarked
package dev.graft.inference;

import org.jspecify.annotations.NullMarked;
