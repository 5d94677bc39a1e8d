package dev.graft.inference.schedule;

import dev.graft.inference.schedule.StepPlan.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans decode steps: a token for every answer that is running, or a chunk of prompts in order of their arrival, in turns, so that a long prompt never
 * stalls running answers.
 *
 * <p>Answers and prompts are not mixed in one call, and chunks are multiples of {@value #TILE} tokens, because of ggml's CPU attention: from
 * {@value #TILE} rows on it works on tiles of queries, and a tile with queries of several sequences computes against the cells of all of them
 * (ggml_compute_forward_flash_attn_ext_tiled). What is left of a prompt after its last whole tile is small enough to go with the answers.
 *
 * <p>Short prompts go before the next decode step, one after the other, as long as they are few: each running answer then waits once for all of them
 * instead of once for each, and each prompt's first token comes as early as it can.
 */
public final class Scheduler {
    /** Rows from which ggml computes attention tile by tile. */
    static final int TILE = 64;

    /** Prompt tokens that cost little beside the answers of a decode step. */
    static final int CRUMB = 16;

    /** A prompt with no more tokens than this to compute may go before the next decode step. */
    private static final int SHORT_PROMPT = 2 * TILE;

    private final int stepTokens;
    private final int prefillTokens;
    private final int burstTokens;
    private int prefilledSinceDecode;

    /**
     * @param stepTokens the most tokens of a step
     * @param prefillTokens the most tokens of prompts between two decode steps, unless all are short
     * @param burstTokens the most tokens of short prompts between two decode steps
     */
    public Scheduler(int stepTokens, int prefillTokens, int burstTokens) {
        this.stepTokens = stepTokens;
        this.prefillTokens = Math.min(prefillTokens, stepTokens);
        this.burstTokens = burstTokens;
    }

    /** @param sequences those that have tokens pending, most urgent first */
    public StepPlan plan(List<Sequence> sequences) {
        List<Sequence> answers =
                sequences.stream().filter(s -> s.decoding() && s.pending() > 0).toList();
        List<Sequence> prompts =
                sequences.stream().filter(s -> !s.decoding() && s.pending() > 0).toList();
        boolean prefill = !prompts.isEmpty() && (answers.isEmpty() || goesFirst(answers, prompts));
        StepPlan plan = prefill ? prefillStep(prompts, answers.isEmpty()) : decodeStep(answers, prompts);
        prefilledSinceDecode = prefill && !answers.isEmpty() ? prefilledSinceDecode + plan.tokens() : 0;
        return plan;
    }

    private boolean goesFirst(List<Sequence> answers, List<Sequence> prompts) {
        boolean turn = prefilledSinceDecode == 0 || isBurst(prompts);
        return turn && !goesWith(answers, prompts);
    }

    /** Whether all that is left of the prompts is crumbs, for which a decode step has room. */
    private static boolean goesWith(List<Sequence> answers, List<Sequence> prompts) {
        int rows = answers.size()
                + prompts.stream().mapToInt(p -> p.pending() + p.tail()).sum();
        return rows < TILE && prompts.stream().allMatch(prompt -> prompt.pending() < CRUMB);
    }

    private boolean isBurst(List<Sequence> prompts) {
        int pending = prompts.stream().mapToInt(Sequence::pending).sum();
        return prefilledSinceDecode + pending <= burstTokens
                && prompts.stream().allMatch(prompt -> prompt.pending() <= SHORT_PROMPT);
    }

    /** A token for each answer, and crumbs of prompts while no tile comes about. */
    private StepPlan decodeStep(List<Sequence> answers, List<Sequence> prompts) {
        List<Part> parts = new ArrayList<>();
        answers.stream().limit(stepTokens).forEach(answer -> parts.add(new Part(answer, 1)));
        addWhole(prompts, parts, CRUMB, TILE - 1 - parts.size());
        return new StepPlan(List.copyOf(parts));
    }

    /** Whole tiles of the first prompt that has any; where none has, as many small ones as stay below a tile. */
    private StepPlan prefillStep(List<Sequence> prompts, boolean nothingElse) {
        Sequence first = prompts.getFirst();
        int most = nothingElse ? Math.min(stepTokens, Math.max(prefillTokens, SHORT_PROMPT)) : prefillTokens;
        int tiles = Math.min(first.pending(), most) / TILE * TILE;
        int chunk = chunk(first, Math.max(tiles, Math.min(first.pending(), TILE - 1)));
        List<Part> parts = new ArrayList<>();
        if (chunk > 0) {
            parts.add(new Part(first, chunk));
        }
        if (tiles == 0) {
            addWhole(prompts.subList(1, prompts.size()), parts, TILE, TILE - 1 - tokens(parts));
        }
        return new StepPlan(List.copyOf(parts));
    }

    /** The last token of a prompt goes only together with the label branches that go on from it. */
    private int chunk(Sequence prompt, int wanted) {
        boolean reachesEnd = wanted == prompt.pending();
        return reachesEnd && wanted + prompt.tail() > stepTokens ? wanted - 1 : wanted;
    }

    /** Adds the prompts that have fewer than {@code below} tokens to compute, while they fit. */
    private static void addWhole(List<Sequence> prompts, List<Part> parts, int below, int room) {
        int left = room;
        for (Sequence prompt : prompts) {
            Part whole = new Part(prompt, prompt.pending());
            if (prompt.pending() < below && whole.tokens() <= left) {
                parts.add(whole);
                left -= whole.tokens();
            }
        }
    }

    private static int tokens(List<Part> parts) {
        return parts.stream().mapToInt(Part::tokens).sum();
    }
}
