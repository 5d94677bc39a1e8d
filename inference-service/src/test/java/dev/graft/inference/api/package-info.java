@NullMarked
package dev.graft.inference.api;

import org.jspecify.annotations.NullMarked;
