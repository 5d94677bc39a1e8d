package dev.graft.llama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Greedy answers of mixed batches against those of llama.cpp's own path, one adapter for all: on a copy of the real model in single precision, where
 * little but the order of sums differs. Logits may differ by no more than llama.cpp's from its own where it adds attention up in another order, and a
 * text may part from the other only where two tokens are as likely as each other, by less than that. Batches have the same shape on both sides.
 * {@code -Dgraft.prompts=200} asks more than the usual {@value #USUAL_PROMPTS} prompts, each with all adapters.
 */
class MixedBatchesWriteWhatLlamaCppWritesTest {
    private static final Path MODEL =
            Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final int USUAL_PROMPTS = 40;
    private static final int PROMPTS = Integer.getInteger("graft.prompts", USUAL_PROMPTS);
    private static final int PROMPT_TOKENS = 6;
    private static final int ANSWER_TOKENS = 5;
    private static final int[] RANKS = {4, 8, 8, 16, 16, 32, 33, 64};
    /** Of all texts. */
    private static final double MOST_PARTINGS = 0.01;

    @TempDir
    static Path folder;

    private static LlamaModel model;
    private static LlamaAdapter placeholder;
    private static final List<LlamaAdapter> THEIRS = new ArrayList<>();
    private static final List<AdapterOnDisk> FILES = new ArrayList<>();
    private static final List<AdapterWeights> OURS = new ArrayList<>();

    @BeforeAll
    static void load() throws IOException {
        Path copy = folder.resolve("f32.gguf");
        FloatCopy.write(MODEL, copy);
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(copy));
        model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), copy, 0, Products.GGML);
        placeholder = LlamaAdapter.open(
                model,
                AdapterOnDisk.write(folder, RandomAdapter.ofAllTargets(1, 0), base)
                        .file());
        for (int i = 0; i < RANKS.length; i++) {
            Set<Target> targets = i % 2 == 0 ? Set.of(Target.Q, Target.V) : Set.of(Target.values());
            AdapterOnDisk adapter =
                    AdapterOnDisk.write(folder, new RandomAdapter(targets, RANKS[i], 2 * RANKS[i], 0.05, i + 1), base);
            FILES.add(adapter);
            OURS.add(adapter.weights(Precision.F32));
            THEIRS.add(LlamaAdapter.open(model, adapter.file()));
        }
    }

    @AfterAll
    static void close() {
        OURS.forEach(AdapterWeights::close);
        model.close();
    }

    /** An answer: its tokens, and the logits that each was the likeliest of. */
    private record Written(List<Integer> tokens, List<float[]> logits) {}

    private double rounding;
    private double largest;
    private int texts;
    private int partings;
    private double largestLead;
    private final Set<List<Integer>> different = new HashSet<>();

    @Test
    void theSameTextsFromLogitsThatAreAlmostTheSame() {
        Random random = new Random(20261125);
        for (int begun = 0; begun < PROMPTS; begun += RANKS.length) {
            int[][] prompts = prompts(random);
            List<List<Written>> theirs = THEIRS.stream()
                    .map(adapter -> theirs(adapter, Attention.FLASH, prompts))
                    .toList();
            int controlled = begun / RANKS.length % RANKS.length;
            noteRounding(theirs(THEIRS.get(controlled), Attention.PLAIN, prompts), theirs.get(controlled));
            compare(prompts, theirs);
        }
        System.out.printf(
                "%d texts of %d tokens, %d part at a tie, logits at most %.2g apart; llama.cpp's from its own %.2g%n",
                texts, ANSWER_TOKENS, partings, largest, rounding);
        assertThat(largest).as("largest difference of a logit").isLessThanOrEqualTo(rounding);
        assertThat(largestLead).as("lead of a token that was not written").isLessThanOrEqualTo(2 * rounding);
        assertThat(partings).as("texts that part").isLessThanOrEqualTo((int) (MOST_PARTINGS * texts));
        assertThat(different).as("texts that differ").hasSizeGreaterThan(texts / 2);
    }

    /** Weights of fewer digits are the same adapter, but for what their rounding explains: 11 binary digits of each, or 127 steps of a row's largest. */
    @ParameterizedTest
    @CsvSource({"F16,0.01", "Q8,0.2"})
    void fewerDigitsChangeLittle(Precision precision, double most) throws IOException {
        int[][] prompts = prompts(new Random(1));
        List<AdapterWeights> rounded = new ArrayList<>();
        try {
            for (AdapterOnDisk adapter : FILES) {
                rounded.add(adapter.weights(precision));
            }
            int[] slots = IntStream.rangeClosed(1, RANKS.length).toArray();
            List<Written> base = ours(OURS, prompts, new int[RANKS.length]);
            List<Written> exact = ours(OURS, prompts, slots);
            List<Written> found = ours(rounded, prompts, slots);
            for (int i = 0; i < RANKS.length; i++) {
                double effect = Logits.distance(
                        base.get(i).logits().getFirst(), exact.get(i).logits().getFirst());
                double error = Logits.distance(
                        found.get(i).logits().getFirst(), exact.get(i).logits().getFirst());
                assertThat(error).as("adapter %d", i).isPositive().isLessThan(most * effect);
            }
        } finally {
            rounded.forEach(AdapterWeights::close);
        }
    }

    private static List<Written> theirs(LlamaAdapter adapter, Attention attention, int[][] prompts) {
        try (LlamaContext context = open(attention)) {
            context.attach(adapter);
            return write(context, prompts, new int[RANKS.length]);
        }
    }

    /** What adding up in another order makes of llama.cpp's own logits. */
    private void noteRounding(List<Written> plain, List<Written> flash) {
        for (int i = 0; i < plain.size(); i++) {
            int common = common(plain.get(i).tokens(), flash.get(i).tokens());
            rounding = Math.max(rounding, largestDifference(plain.get(i), flash.get(i), common));
        }
    }

    /**
     * Each prompt meets each adapter once, in batches that have them all.
     *
     * @param theirs by adapter, then prompt
     */
    private void compare(int[][] prompts, List<List<Written>> theirs) {
        try (LlamaContext context = mixing(OURS)) {
            for (int shift = 0; shift < RANKS.length; shift++) {
                int[] slots = new int[RANKS.length];
                for (int i = 0; i < slots.length; i++) {
                    slots[i] = 1 + (i + shift) % RANKS.length;
                }
                List<Written> ours = write(context, prompts, slots);
                for (int i = 0; i < slots.length; i++) {
                    compare(ours.get(i), theirs.get(slots[i] - 1).get(i));
                }
            }
        }
    }

    private static List<Written> ours(List<AdapterWeights> weights, int[][] prompts, int[] slots) {
        try (LlamaContext context = mixing(weights)) {
            return write(context, prompts, slots);
        }
    }

    /** With these in the slots from 1. */
    private static LlamaContext mixing(List<AdapterWeights> weights) {
        LlamaContext context = open(Attention.FLASH);
        context.mixAdapters(placeholder, weights.size());
        for (int i = 0; i < weights.size(); i++) {
            context.slot(i + 1, Optional.of(weights.get(i)));
        }
        return context;
    }

    private void compare(Written ours, Written right) {
        int common = common(ours.tokens(), right.tokens());
        if (common < ANSWER_TOKENS) {
            partings++;
            largestLead =
                    Math.max(largestLead, lead(right, common, ours.tokens().get(common)));
        }
        largest = Math.max(largest, largestDifference(ours, right, common));
        different.add(right.tokens());
        texts++;
    }

    private static int[][] prompts(Random random) {
        int[][] prompts = new int[RANKS.length][PROMPT_TOKENS];
        for (int[] prompt : prompts) {
            for (int i = 0; i < PROMPT_TOKENS; i++) {
                prompt[i] = 1000 + random.nextInt(20000);
            }
        }
        return prompts;
    }

    private static LlamaContext open(Attention attention) {
        return LlamaContext.open(model, new ContextOptions(256, 64, 64, RANKS.length, 2, attention, false));
    }

    /** All prompts together, each a sequence with its slot: the likeliest tokens after each. */
    private static List<Written> write(LlamaContext context, int[][] prompts, int[] slots) {
        List<Written> answers = new ArrayList<>();
        try (LlamaBatch batch = new LlamaBatch(prompts.length * PROMPT_TOKENS, 1)) {
            for (int sequence = 0; sequence < prompts.length; sequence++) {
                answers.add(new Written(new ArrayList<>(), new ArrayList<>()));
                batch.slot(slots[sequence]);
                for (int i = 0; i < PROMPT_TOKENS; i++) {
                    batch.add(prompts[sequence][i], i, sequence, i == PROMPT_TOKENS - 1);
                }
            }
            for (int step = 0; step < ANSWER_TOKENS; step++) {
                context.decode(batch);
                take(context, batch, answers);
                batch.clear();
                for (int sequence = 0; sequence < prompts.length; sequence++) {
                    batch.slot(slots[sequence]);
                    batch.add(answers.get(sequence).tokens().getLast(), PROMPT_TOKENS + step, sequence, true);
                }
            }
        }
        for (int sequence = 0; sequence < prompts.length; sequence++) {
            context.release(sequence);
        }
        return answers;
    }

    /** One row for each sequence, in their order. */
    private static void take(LlamaContext context, LlamaBatch batch, List<Written> answers) {
        int sequence = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.outputs(i)) {
                float[] row = new float[model.vocabularySize()];
                context.logits(i).copyTo(row);
                answers.get(sequence).tokens().add(Logits.likeliest(row));
                answers.get(sequence++).logits().add(row);
            }
        }
    }

    /** How many tokens two answers begin with in common. */
    private static int common(List<Integer> a, List<Integer> b) {
        int common = 0;
        while (common < a.size() && a.get(common).equals(b.get(common))) {
            common++;
        }
        return common;
    }

    /** By how much the token that was written is likelier than another. */
    private static double lead(Written answer, int step, int other) {
        float[] logits = answer.logits().get(step);
        return logits[answer.tokens().get(step)] - logits[other];
    }

    /** Over the steps that had the same tokens before them. */
    private static double largestDifference(Written a, Written b, int common) {
        double largest = 0;
        for (int step = 0; step <= Math.min(common, ANSWER_TOKENS - 1); step++) {
            for (int i = 0; i < a.logits().get(step).length; i++) {
                largest = Math.max(
                        largest, Math.abs(a.logits().get(step)[i] - b.logits().get(step)[i]));
            }
        }
        return largest;
    }
}
