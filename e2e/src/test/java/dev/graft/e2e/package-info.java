/**
 * The whole of Graft as its users meet it: a broker and the services as processes, spoken to over HTTP and Kafka. {@link dev.graft.e2e.RunningStack}
 * is started once for all tests.
 */
@NullMarked
package dev.graft.e2e;

import org.jspecify.annotations.NullMarked;
