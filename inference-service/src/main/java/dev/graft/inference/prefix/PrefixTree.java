package dev.graft.inference.prefix;

import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A radix tree of token prefixes whose KV cells are kept, for each adapter one: what a token's cells hold depends on the weights. Each node owns a sequence that holds the cells of its own edge only, so a prefix is
 * handed on by sharing the edges on its path, and an edge is split by moving a part of its cells to a new sequence. Nodes that are pinned, and
 * their ancestors, stay; of the others the least recently used leaf goes first.
 */
final class PrefixTree {
    private final Cells cells;
    private final SequenceNumbers numbers;
    private final Map<Optional<ScaledAdapter>, Node> roots = new HashMap<>();
    private int cellCount;
    private int nodeCount;
    private long clock;

    PrefixTree(Cells cells, SequenceNumbers numbers) {
        this.cells = cells;
        this.numbers = numbers;
    }

    /** Cells that the tree keeps. */
    int cells() {
        return cellCount;
    }

    int nodes() {
        return nodeCount;
    }

    /** Adapters, by generation and scale, of which it keeps a prefix; the base counts as one. */
    int adapters() {
        return roots.size();
    }

    /** The longest kept prefix of these tokens, computed with these weights; {@code limit} tokens at the most. */
    Match match(Optional<ScaledAdapter> weights, Tokens tokens, int limit) {
        Node root = roots.get(weights);
        Node node = root != null ? root : new Node(new int[0], 0, -1, null);
        while (true) {
            node.lastUse = ++clock;
            if (node.end() >= limit) {
                return new Match(node, limit);
            }
            Node next = node.children.get(tokens.at(node.end()));
            if (next == null) {
                return new Match(node, node.end());
            }
            int common = next.commonEnd(tokens, limit);
            if (common < next.end()) {
                next.lastUse = clock;
                return new Match(next, common);
            }
            node = next;
        }
    }

    /** Lets the sequence have the cells of a match. */
    void share(Match match, int sequence) {
        for (Node node = match.node; node.parent != null; node = parentOf(node)) {
            int end = Math.min(node.end(), match.length);
            if (end > node.begin) {
                cells.share(node.sequence, sequence, node.begin, end);
            }
        }
    }

    /**
     * Keeps the first {@code length} tokens, whose cells the sequence holds; where the tree has a part of them already, its own cells stay.
     * Needs two free sequence numbers.
     *
     * @return the end of what was added, with the number of cells that now are the tree's
     */
    Added add(Optional<ScaledAdapter> weights, Tokens tokens, int length, int sequence) {
        Match match = match(weights, tokens, length);
        if (match.length == length) {
            return new Added(match.node, 0);
        }
        Node above = match.length < match.node.end() ? split(match.node, match.length) : match.node;
        int[] edge = Arrays.copyOfRange(tokens.toArray(), match.length, length);
        if (above.parent == null) {
            roots.putIfAbsent(weights, above);
        }
        Node leaf = new Node(edge, match.length, numbers.take(), above);
        cells.share(sequence, leaf.sequence, match.length, length);
        above.children.put(edge[0], leaf);
        leaf.lastUse = clock;
        cellCount += edge.length;
        nodeCount++;
        return new Added(leaf, edge.length);
    }

    /** The upper part of the edge becomes a node of its own; the node itself keeps the lower part, and so its pins keep both. */
    private Node split(Node node, int at) {
        int upperLength = at - node.begin;
        Node parent = parentOf(node);
        Node upper = new Node(Arrays.copyOf(node.tokens, upperLength), node.begin, numbers.take(), parent);
        cells.share(node.sequence, upper.sequence, node.begin, at);
        cells.release(node.sequence, node.begin, at);
        parent.children.put(upper.tokens[0], upper);
        node.tokens = Arrays.copyOfRange(node.tokens, upperLength, node.tokens.length);
        node.begin = at;
        node.parent = upper;
        upper.children.put(node.tokens[0], node);
        upper.lastUse = node.lastUse;
        nodeCount++;
        return upper;
    }

    void pin(Node node) {
        node.pins++;
    }

    void unpin(Node node) {
        if (node.pins == 0) {
            throw new IllegalStateException("unpinned more often than pinned");
        }
        node.pins--;
    }

    /** Forgets the least recently used leaf that nobody needs. */
    Optional<Integer> evictOne() {
        List<Node> leaves = new ArrayList<>();
        roots.values().forEach(root -> collectLeaves(root, leaves));
        Optional<Node> oldest = leaves.stream().min(Comparator.comparingLong(leaf -> leaf.lastUse));
        oldest.ifPresent(this::remove);
        return oldest.map(leaf -> leaf.tokens.length);
    }

    private static void collectLeaves(Node node, List<Node> into) {
        if (node.parent != null && node.children.isEmpty() && node.pins == 0) {
            into.add(node);
        }
        node.children.values().forEach(child -> collectLeaves(child, into));
    }

    private void remove(Node leaf) {
        cells.release(leaf.sequence);
        numbers.giveBack(leaf.sequence);
        Node parent = parentOf(leaf);
        parent.children.remove(leaf.tokens[0]);
        if (parent.parent == null && parent.children.isEmpty()) {
            roots.values().remove(parent); // requests choose scales freely: each would leave a root
        }
        cellCount -= leaf.tokens.length;
        nodeCount--;
    }

    private static Node parentOf(Node node) {
        if (node.parent == null) {
            throw new IllegalStateException("the root has no parent");
        }
        return node.parent;
    }

    /** @param length how many tokens match; may end inside the node's edge */
    record Match(Node node, int length) {}

    record Added(Node node, int cells) {}

    static final class Node {
        private int[] tokens;
        private int begin;
        private final int sequence;
        private @org.jspecify.annotations.Nullable Node parent;
        private final Map<Integer, Node> children = new HashMap<>();
        private int pins;
        private long lastUse;

        Node(int[] tokens, int begin, int sequence, @org.jspecify.annotations.Nullable Node parent) {
            this.tokens = tokens;
            this.begin = begin;
            this.sequence = sequence;
            this.parent = parent;
        }

        int end() {
            return begin + tokens.length;
        }

        /** Where this edge and the tokens part, at most {@code limit}. */
        private int commonEnd(Tokens other, int limit) {
            int end = Math.min(end(), limit);
            int at = begin;
            while (at < end && tokens[at - begin] == other.at(at)) {
                at++;
            }
            return at;
        }
    }
}
