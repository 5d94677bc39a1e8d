@NullMarked
package dev.graft.prompt.api;

import org.jspecify.annotations.NullMarked;
