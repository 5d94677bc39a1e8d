@NullMarked
package dev.graft.prompt.template;

import org.jspecify.annotations.NullMarked;
