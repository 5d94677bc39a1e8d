package dev.graft.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Steps of sequences with different adapters, always the same: prompts in chunks beside single tokens, sequences that begin, end and fork, so that who is
 * in a batch, and in which order, changes from step to step.
 */
final class StepsOfAllShapes {
    static final int SEQUENCES = 8;
    private static final int STEPS = 36;

    private StepsOfAllShapes() {}

    /**
     * @param slot of the sequence, whatever its tokens were computed with
     * @param logits after its last token
     */
    record Row(int slot, float[] logits) {}

    /**
     * The rows of all steps.
     *
     * @param adapters in the slots from 1
     * @param allOf the slot of all tokens; else each sequence has one of its own until it is released
     */
    static List<Row> compute(LlamaContext context, LlamaModel model, int adapters, Optional<Integer> allOf) {
        Random random = new Random(20261125);
        List<Row> rows = new ArrayList<>();
        int[] lengths = new int[SEQUENCES];
        int[] slots = new int[SEQUENCES];
        int begun = 0;
        try (LlamaBatch batch = new LlamaBatch(256, 1)) {
            for (int step = 0; step < STEPS; step++) {
                int changed = random.nextInt(SEQUENCES);
                if (step % 7 == 3) {
                    fork(context, random.nextInt(SEQUENCES), changed, lengths, slots);
                } else if (lengths[changed] == 0 || step % 5 == 4) {
                    context.release(changed);
                    lengths[changed] = 0;
                    slots[changed] = begun++ % (adapters + 1);
                }
                int chunk = 1 + random.nextInt(step % 3 == 0 ? 70 : 12);
                List<Integer> owners = new ArrayList<>();
                batch.clear();
                for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                    int count = sequence == changed ? chunk : lengths[sequence] > 0 ? 1 : 0;
                    batch.slot(allOf.orElse(slots[sequence]));
                    for (int i = 0; i < count; i++) {
                        batch.add(1000 + random.nextInt(20000), lengths[sequence]++, sequence, i == count - 1);
                        owners.add(slots[sequence]);
                    }
                }
                context.decode(batch);
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.outputs(i)) {
                        float[] logits = new float[model.vocabularySize()];
                        context.logits(i).copyTo(logits);
                        rows.add(new Row(owners.get(i), logits));
                    }
                }
            }
        }
        return rows;
    }

    /** A fork has the adapter of what it goes on from: its cells were computed with it. */
    private static void fork(LlamaContext context, int from, int to, int[] lengths, int[] slots) {
        if (from != to && lengths[from] > 1) {
            context.release(to);
            lengths[to] = lengths[from] * 2 / 3;
            slots[to] = slots[from];
            context.share(from, to, 0, lengths[to]);
        }
    }
}
