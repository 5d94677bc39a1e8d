package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether this context mixes adapters rightly: a batch of three sequences with the placeholder's weights in a slot, against llama.cpp's own path for
 * the placeholder, and each sequence among others against the same among its like.
 */
final class MixingCheck {
    private static final int SEQUENCES = 3;
    private static final int TOKENS = 4;
    private static final int SLOT = 1;

    /** Of what the adapter changes; activations are rounded at other places in llama.cpp's path, wrong nodes would be off by all of it. */
    private static final double MOST_ERROR = 0.25;

    /** Where others in the batch may change the order of sums: of what the adapter changes. */
    private static final double MOST_OF_OTHERS = 0.05;

    private final LlamaContext context;
    private final int vocabulary;
    private final boolean exact;

    /**
     * @param context that mixes adapters over the placeholder; no sequence in use
     * @param exact whether a sequence's logits must be the same to the last bit among others; a GPU may take sums in another order there
     */
    MixingCheck(LlamaContext context, int vocabulary, boolean exact) {
        this.context = context;
        this.vocabulary = vocabulary;
        this.exact = exact;
    }

    /** What is wrong; empty: nothing. */
    Optional<String> fault(AdapterWeights placeholder) {
        try {
            context.slot(SLOT, Optional.of(placeholder));
            context.mixing(false);
            List<float[]> theirs = rows(0, 0, 0);
            context.mixing(true);
            List<float[]> ours = rows(SLOT, SLOT, SLOT);
            List<float[]> none = rows(0, 0, 0);
            List<float[]> mixed = rows(SLOT, 0, SLOT);
            context.slot(SLOT, Optional.empty());
            return compare(theirs, ours, none).or(() -> compareMixed(mixed, ours, none));
        } catch (LlamaException e) {
            context.mixing(true);
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> compare(List<float[]> theirs, List<float[]> ours, List<float[]> none) {
        double effect = 0;
        double error = 0;
        for (int i = 0; i < SEQUENCES; i++) {
            effect += distance(theirs.get(i), none.get(i));
            error += distance(theirs.get(i), ours.get(i));
        }
        return error < MOST_ERROR * effect
                ? Optional.empty()
                : Optional.of("an adapter that changes logits by %.4f is %.4f off llama.cpp's own path"
                        .formatted(effect / SEQUENCES, error / SEQUENCES));
    }

    private Optional<String> compareMixed(List<float[]> mixed, List<float[]> ours, List<float[]> none) {
        boolean same = same(mixed.get(0), ours.get(0), none.get(0))
                && same(mixed.get(1), none.get(1), ours.get(1))
                && same(mixed.get(2), ours.get(2), none.get(2));
        return same ? Optional.empty() : Optional.of("a sequence's logits depend on the others' adapters");
    }

    /** @param other what they would be with, or without, the adapter */
    private boolean same(float[] found, float[] right, float[] other) {
        return exact ? Arrays.equals(found, right) : distance(found, right) < MOST_OF_OTHERS * distance(right, other);
    }

    /** The logits after each sequence's last token. */
    private List<float[]> rows(int... slots) {
        List<float[]> rows = new ArrayList<>();
        try (LlamaBatch batch = new LlamaBatch(SEQUENCES * TOKENS, 1)) {
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                batch.slot(slots[sequence]);
                for (int i = 0; i < TOKENS; i++) {
                    batch.add((37 * sequence + 11 * i + 3) % vocabulary, i, sequence, i == TOKENS - 1);
                }
            }
            context.decode(batch);
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                float[] row = new float[vocabulary];
                context.logits(sequence * TOKENS + TOKENS - 1).copyTo(row);
                rows.add(row);
            }
        } finally {
            // Of a decode that is void, too: what is served afterwards must not meet its cells.
            IntStream.range(0, SEQUENCES).forEach(context::release);
        }
        return rows;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }
}
