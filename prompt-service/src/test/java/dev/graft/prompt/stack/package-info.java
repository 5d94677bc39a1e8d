/** What the service runs on, for tests: a broker and a database of their own. */
@NullMarked
package dev.graft.prompt.stack;

import org.jspecify.annotations.NullMarked;
