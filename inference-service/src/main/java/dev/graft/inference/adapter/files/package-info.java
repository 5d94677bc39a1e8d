/**
 * Brings adapters' files here: {@link dev.graft.inference.adapter.files.AdapterFiles} keeps each under its SHA-256, whatever it was called where it came
 * from, and gives it out only once its bytes are those.
 *
 * <p>Whoever may register an adapter chooses what this service fetches, so {@link dev.graft.inference.adapter.files.AllowedSources} lets nothing be
 * fetched but what is below a place that the setting {@code graft.adapters.sources} names: no other folder, whichever way its path is written or linked;
 * no other host, not by a redirect either. Addresses are not looked at: a host that is named may well be a private one.
 */
@NullMarked
package dev.graft.inference.adapter.files;

import org.jspecify.annotations.NullMarked;
