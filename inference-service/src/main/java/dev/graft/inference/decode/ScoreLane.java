package dev.graft.inference.decode;

import dev.graft.inference.decode.LabelTrie.Node;
import dev.graft.inference.decode.LabelTrie.Question;
import dev.graft.inference.schedule.Sequence;
import dev.graft.llama.LogitRow;
import java.util.List;

/**
 * Scores labels after one prompt. The nodes of the label trie are computed in the same decode call as the prompt's last token: that token and those
 * before it in the call belong to every branch's sequence, each node to the branches that go through it.
 */
final class ScoreLane implements Lane {
    private final Sequence sequence;
    private final PromptCells cells;
    private final LabelTrie trie;
    private final double[] logLikelihoods;
    private final int[] branches;
    private final Runnable onScored;
    private int rowsToCome;

    /** @param onScored called when all labels have their scores */
    ScoreLane(PromptCells cells, LabelTrie trie, int labels, Runnable onScored) {
        this.cells = cells;
        this.trie = trie;
        this.sequence = cells.sequence();
        this.logLikelihoods = new double[labels];
        this.branches = new int[trie.branches()];
        for (int i = 0; i < branches.length; i++) {
            branches[i] = cells.number(i + 1);
        }
        this.onScored = onScored;
        this.rowsToCome = 1 + trie.computed().size();
        sequence.withTail(trie.computed().size());
    }

    @Override
    public Sequence sequence() {
        return sequence;
    }

    boolean ready() {
        return sequence.pending() > 0 && !cells.awaitsPrefix();
    }

    /** Per label: Σ ln p of its tokens. */
    double[] logLikelihoods() {
        return logLikelihoods;
    }

    @Override
    public void fill(StepBatch batch, int count) {
        int begin = sequence.computed();
        int last = sequence.promptLength() - 1;
        boolean reachesEnd = begin + count > last;
        int[] owners = reachesEnd ? withBranches(begin) : new int[] {sequence.number()};
        for (int position = begin; position < begin + count; position++) {
            if (position == last) {
                batch.add(sequence.token(position), position, owners, row -> answer(trie.rootQuestions(), row));
            } else {
                batch.add(sequence.token(position), position, owners);
            }
        }
        if (reachesEnd) {
            for (Node node : trie.computed()) {
                int position = last + node.depth();
                batch.add(node.token(), position, node.sequences(branches), row -> answer(node.questions(), row));
            }
        }
    }

    /** The prompt's sequence and all branches, which share what is computed of it already. */
    private int[] withBranches(int computed) {
        int[] owners = new int[branches.length + 1];
        owners[0] = sequence.number();
        for (int i = 0; i < branches.length; i++) {
            cells.fork(i + 1, computed);
            owners[i + 1] = branches[i];
        }
        return owners;
    }

    private void answer(List<Question> questions, LogitRow row) {
        double sum = questions.isEmpty() ? 0 : row.logSumExp();
        for (Question question : questions) {
            logLikelihoods[question.label()] += row.at(question.token()) - sum;
        }
        if (--rowsToCome == 0) {
            cells.promptComputed();
            onScored.run();
        }
    }
}
