/** Where a finished adapter goes: a file that inference-services may fetch, and its place in their registry. */
@NullMarked
package dev.graft.training.adapter;

import org.jspecify.annotations.NullMarked;
