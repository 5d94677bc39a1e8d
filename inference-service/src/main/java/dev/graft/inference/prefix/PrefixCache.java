package dev.graft.inference.prefix;

import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Tokens;
import java.util.Optional;

/**
 * KV cells of prefixes that several requests share: found from the tokens, kept from the second time a prefix comes, handed to a sequence
 * without computing them again. Used by the decode thread alone.
 */
public final class PrefixCache {
    /** Tokens that a prompt must save by waiting for another prompt to compute them. */
    public static final int LEAST_WORTH_WAITING = 16;

    private static final int MOST_NODES = 96;
    /** Adding a prefix may split an edge: one number for the upper part, one for the new leaf. */
    private static final int NUMBERS_TO_ADD = 2;

    private final PrefixTree tree;
    private final SequenceNumbers numbers;
    private final SeenPrefixes seen = new SeenPrefixes();
    private final int mostCells;

    /** @param mostCells cells that unused prefixes may keep */
    public PrefixCache(Cells cells, SequenceNumbers numbers, int mostCells) {
        this.tree = new PrefixTree(cells, numbers);
        this.numbers = numbers;
        this.mostCells = mostCells;
    }

    /**
     * What is there of a prompt. All its tokens but the last may come from the cache: the last must be computed for its logits.
     *
     * @param cached how many of the first tokens have their cells
     */
    public record Lease(PrefixTree.Node node, int cached) {}

    /** Looks a prompt up and pins what is there. */
    public Lease lookUp(Optional<ScaledAdapter> weights, Tokens prompt) {
        PrefixTree.Match match = tree.match(weights, prompt, prompt.length() - 1);
        tree.pin(match.node());
        return new Lease(match.node(), match.length());
    }

    /** How many of the first tokens came with an earlier prompt, and should be kept once they are computed. To be asked once a request. */
    public int worthKeeping(Optional<ScaledAdapter> weights, Tokens prompt) {
        return Math.min(seen.seenBefore(weights, prompt), prompt.length() - 1);
    }

    /** Nothing of it: the prompt is computed whole. */
    public Lease none() {
        PrefixTree.Match match = tree.match(Optional.empty(), Tokens.of(0), 0);
        tree.pin(match.node());
        return new Lease(match.node(), 0);
    }

    /** Lets the sequence have the cells that the lease found. */
    public void share(Lease lease, int sequence) {
        tree.share(new PrefixTree.Match(lease.node(), lease.cached()), sequence);
    }

    /**
     * The prompt is computed: keeps the cells of its first {@code length} tokens.
     *
     * @return the lease from now on, and how many of the sequence's cells are the cache's from now on
     */
    public Kept keep(Lease lease, Optional<ScaledAdapter> weights, Tokens prompt, int length, int sequence) {
        if (length <= lease.cached() || !roomFor(length - lease.cached())) {
            return new Kept(lease, 0);
        }
        PrefixTree.Added added = tree.add(weights, prompt, length, sequence);
        tree.pin(added.node());
        tree.unpin(lease.node());
        return new Kept(new Lease(added.node(), lease.cached()), added.cells());
    }

    /** @param cells that belong to the cache now, no longer to the sequence alone */
    public record Kept(Lease lease, int cells) {}

    private boolean roomFor(int length) {
        while (tree.cells() + length > mostCells
                || tree.nodes() + NUMBERS_TO_ADD > MOST_NODES
                || numbers.free() < NUMBERS_TO_ADD) {
            if (tree.evictOne().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** The request is over: its prefix may go when room is needed. */
    public void end(Lease lease) {
        tree.unpin(lease.node());
    }

    /** Cells that the cache keeps. */
    public int cells() {
        return tree.cells();
    }

    /** Gives up the least recently used prefix that nobody needs; false when there is none. */
    public boolean evictOne() {
        return tree.evictOne().isPresent();
    }
}
