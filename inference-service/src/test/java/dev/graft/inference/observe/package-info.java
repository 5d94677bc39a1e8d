@NullMarked
package dev.graft.inference.observe;

import org.jspecify.annotations.NullMarked;
