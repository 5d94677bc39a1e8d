/** The HTTP door, and the calls that this service makes over HTTP. */
@NullMarked
package dev.graft.prompt.api;

import org.jspecify.annotations.NullMarked;
