@NullMarked
package dev.graft.training.network;

import org.jspecify.annotations.NullMarked;
