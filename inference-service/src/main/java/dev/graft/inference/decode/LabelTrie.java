package dev.graft.inference.decode;

import dev.graft.inference.request.Request.Label;
import dev.graft.inference.request.Tokens;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The labels of a classification as a trie of tokens. A node that has children must be computed, once for all labels that begin with it; a label's
 * last token need not be, since its log-probability stands in its parent's row. Branches are the paths to nodes without computed children: each
 * needs a sequence of its own.
 */
final class LabelTrie {
    /** Of llama.cpp's 256 sequences: two prompts of one request, running answers and cached prefixes need theirs as well. */
    static final int MOST_BRANCHES = 48;

    private final List<Node> computed = new ArrayList<>();
    private final Node root;
    private int branches;

    LabelTrie(List<Label> labels) {
        root = new Node(0, 0);
        for (int label = 0; label < labels.size(); label++) {
            insert(labels.get(label).tokens(), label);
        }
        collect(root);
    }

    private void insert(Tokens label, int index) {
        Node node = root;
        for (int i = 0; i < label.length(); i++) {
            node.questions.add(new Question(index, label.at(i)));
            if (i < label.length() - 1) {
                int depth = i + 1;
                node = node.children.computeIfAbsent(label.at(i), token -> new Node(token, depth));
            }
        }
    }

    /** Parents before children, so that a batch holds a token after those that it attends to. */
    private void collect(Node node) {
        if (node.depth > 0) {
            computed.add(node);
        }
        int first = branches;
        node.children.values().forEach(this::collect);
        if (node.children.isEmpty() && node.depth > 0) {
            branches++;
        }
        node.firstBranch = first;
        node.endBranch = branches;
    }

    /** What the row after the prompt's last token answers. */
    List<Question> rootQuestions() {
        return root.questions;
    }

    /** The nodes to compute, parents first. */
    List<Node> computed() {
        return computed;
    }

    /** Sequences needed: 0 when every label is one token. */
    int branches() {
        return branches;
    }

    /** How likely is {@code token}, the next of label {@code label}? */
    record Question(int label, int token) {}

    static final class Node {
        private final int token;
        private final int depth;
        private final Map<Integer, Node> children = new LinkedHashMap<>();
        private final List<Question> questions = new ArrayList<>();
        private int firstBranch;
        private int endBranch;

        Node(int token, int depth) {
            this.token = token;
            this.depth = depth;
        }

        int token() {
            return token;
        }

        /** Tokens from the prompt's end to this node; the first label token has 1. */
        int depth() {
            return depth;
        }

        List<Question> questions() {
            return questions;
        }

        /** The branches that go through this node, as their sequence numbers. */
        int[] sequences(int[] branchSequences) {
            return java.util.Arrays.copyOfRange(branchSequences, firstBranch, endBranch);
        }
    }
}
