@NullMarked
package dev.graft.inference.request;

import org.jspecify.annotations.NullMarked;
