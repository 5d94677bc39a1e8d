@NullMarked
package dev.graft.inference.adapter.files;

import org.jspecify.annotations.NullMarked;
