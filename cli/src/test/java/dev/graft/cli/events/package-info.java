@NullMarked
package dev.graft.cli.events;

import org.jspecify.annotations.NullMarked;
