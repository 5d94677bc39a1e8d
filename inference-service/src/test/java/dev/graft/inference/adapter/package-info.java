@NullMarked
package dev.graft.inference.adapter;

import org.jspecify.annotations.NullMarked;
