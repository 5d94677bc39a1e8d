@NullMarked
package dev.graft.inference.settings;

import org.jspecify.annotations.NullMarked;
