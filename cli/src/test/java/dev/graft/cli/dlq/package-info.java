@NullMarked
package dev.graft.cli.dlq;

import org.jspecify.annotations.NullMarked;
