@NullMarked
package dev.graft.lora;

import org.jspecify.annotations.NullMarked;
