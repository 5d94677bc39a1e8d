/** Settings as a README tells them, and as a mapping declares them. */
@NullMarked
package dev.graft.testing.settings;

import org.jspecify.annotations.NullMarked;
