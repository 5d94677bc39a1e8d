@NullMarked
package dev.graft.contracts;

import org.jspecify.annotations.NullMarked;
