@NullMarked
package dev.graft.inference.answer;

import org.jspecify.annotations.NullMarked;
