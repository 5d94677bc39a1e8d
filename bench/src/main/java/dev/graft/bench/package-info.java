/** Benchmarks that anyone can run: peers side by side in the same run. The way: load, client, server, serving (what is measured), row (what is said). */
@NullMarked
package dev.graft.bench;

import org.jspecify.annotations.NullMarked;
