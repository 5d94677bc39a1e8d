package dev.graft.training.network;

import dev.graft.lora.Segments;
import dev.graft.training.dataset.TokenizedExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How examples become rows: one behind the other without padding, what all begin with once or for each, and no last tokens, which predict nothing. */
enum Packing {
    /** Each example has all of its tokens: the plain way, which the other is proven against. */
    PLAIN {
        @Override
        int prefix(List<TokenizedExample> examples) {
            return 0;
        }
    },
    /** The tokens that all begin with are rows of their own, which every example sees. Exact, since no loss lies on them. */
    SHARED_PREFIX {
        @Override
        int prefix(List<TokenizedExample> examples) {
            if (examples.size() < 2) {
                return 0;
            }
            // The row before the first learned token has loss, and stays the example's own.
            int most = examples.stream()
                    .mapToInt(example -> example.completionFrom() - 1)
                    .min()
                    .orElse(0);
            int[] first = examples.getFirst().tokens();
            for (TokenizedExample example : examples) {
                int same = Arrays.mismatch(first, example.tokens());
                most = same < 0 ? most : Math.min(most, same);
            }
            return most;
        }
    };

    /** Rows are filled up to a multiple of this: products are compiled for their number of rows, and each batch would have another. */
    private static final int STEP = 16;

    /** Tokens that are computed once for all these examples. */
    abstract int prefix(List<TokenizedExample> examples);

    PackedBatch pack(List<TokenizedExample> examples) {
        int prefix = prefix(examples);
        List<Integer> lengths =
                examples.stream().map(example -> example.rows() - prefix).toList();
        int filled = prefix + lengths.stream().mapToInt(Integer::intValue).sum();
        Segments segments = Segments.of(prefix, lengths, whole(filled) - filled);
        var rows = new Rows(segments.rows(), learned(examples));
        if (prefix > 0) {
            rows.put(examples.getFirst().tokens(), 0, prefix);
        }
        for (int i = 0; i < examples.size(); i++) {
            rows.put(examples.get(i), i, prefix);
        }
        return new PackedBatch(rows.tokens, segments, rows.learnedRows, rows.targets, rows.exampleOf);
    }

    /** Runs of examples, in their order, that fit into the memory there is; one that does not fit alone is a run of its own. */
    List<List<TokenizedExample>> runs(List<TokenizedExample> examples, MemoryPlan plan) {
        List<List<TokenizedExample>> runs = new ArrayList<>();
        List<TokenizedExample> run = new ArrayList<>();
        for (TokenizedExample example : examples) {
            run.add(example);
            if (run.size() > 1 && (rows(run) > plan.rows() || learned(run) > plan.learnedRows())) {
                run.removeLast();
                runs.add(List.copyOf(run));
                run.clear();
                run.add(example);
            }
        }
        if (!run.isEmpty()) {
            runs.add(List.copyOf(run));
        }
        return runs;
    }

    private static int learned(List<TokenizedExample> examples) {
        return examples.stream().mapToInt(TokenizedExample::learned).sum();
    }

    /** How many these examples take. */
    int rows(List<TokenizedExample> examples) {
        int prefix = prefix(examples);
        int own = examples.stream().mapToInt(example -> example.rows() - prefix).sum();
        return whole(prefix + own);
    }

    static int whole(int rows) {
        return Math.ceilDiv(rows, STEP) * STEP;
    }

    private static final class Rows {
        private final int[] tokens;
        private final int[] learnedRows;
        private final int[] targets;
        private final int[] exampleOf;
        private int filled;
        private int learned;

        Rows(int rows, int learned) {
            tokens = new int[rows];
            learnedRows = new int[learned];
            targets = new int[learned];
            exampleOf = new int[learned];
        }

        void put(int[] from, int begin, int end) {
            System.arraycopy(from, begin, tokens, filled, end - begin);
            filled += end - begin;
        }

        void put(TokenizedExample example, int index, int prefix) {
            int start = filled - prefix;
            put(example.tokens(), prefix, example.rows());
            for (int at = example.completionFrom(); at < example.tokens().length; at++) {
                learnedRows[learned] = start + at - 1;
                targets[learned] = example.tokens()[at];
                exampleOf[learned++] = index;
            }
        }
    }
}
