/** The registry of adapters as people see and change it, over inference-service's HTTP API. */
@NullMarked
package dev.graft.cli.adapters;

import org.jspecify.annotations.NullMarked;
