@NullMarked
package dev.graft.cli.adapters;

import org.jspecify.annotations.NullMarked;
