/** Dead letters: requests that no worker could process, and what can be done with them. */
@NullMarked
package dev.graft.cli.dlq;

import org.jspecify.annotations.NullMarked;
