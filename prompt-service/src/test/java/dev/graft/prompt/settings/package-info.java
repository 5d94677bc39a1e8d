@NullMarked
package dev.graft.prompt.settings;

import org.jspecify.annotations.NullMarked;
