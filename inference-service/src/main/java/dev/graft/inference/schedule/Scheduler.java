package dev.graft.inference.schedule;

import dev.graft.inference.schedule.StepPlan.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans decode steps. A step has a token for every answer that is running, and beside them the next tokens of prompts, in order of arrival, as many as
 * keep the step short; where no answer is running, a larger chunk of prompts.
 *
 * <p>Prompts are packed: a chunk that ends one prompt begins the next, since a matrix product costs the same for any number of rows up to a multiple of
 * {@value #ROWS} (the tiles of AMX and of ggml's matrix products), and Graft's attention costs a token what its own cells cost, whatever else is
 * in the step.
 *
 * <p>Short prompts go before the next decode step, as long as they are few: each running answer then waits once for all of them instead of
 * a little in many steps, and each prompt's first token comes as early as it can.
 */
public final class Scheduler {
    /** A step's cost rises at multiples of this many tokens. */
    static final int ROWS = 16;

    /** A prompt with no more tokens than this to compute may go before the next decode step. */
    private static final int SHORT_PROMPT = 128;

    private final int stepTokens;
    private final int prefillTokens;
    private final int mixedTokens;
    private final int burstTokens;
    private int prefilledSinceDecode;

    /**
     * @param stepTokens the most tokens of a step
     * @param prefillTokens tokens of prompts in a step without answers
     * @param mixedTokens the fewest tokens of prompts in a step with answers: what is left to the next multiple of {@value #ROWS} comes on top
     * @param burstTokens the most tokens of short prompts between two decode steps
     */
    public Scheduler(int stepTokens, int prefillTokens, int mixedTokens, int burstTokens) {
        this.stepTokens = stepTokens;
        this.prefillTokens = Math.min(prefillTokens, stepTokens);
        this.mixedTokens = mixedTokens;
        this.burstTokens = burstTokens;
    }

    /** @param sequences those that have tokens pending, most urgent first */
    public StepPlan plan(List<Sequence> sequences) {
        List<Sequence> answers =
                sequences.stream().filter(s -> s.decoding() && s.pending() > 0).toList();
        List<Sequence> prompts =
                sequences.stream().filter(s -> !s.decoding() && s.pending() > 0).toList();
        List<Part> parts = new ArrayList<>();
        if (answers.isEmpty() || goFirst(answers.size(), prompts)) {
            addPrompts(prompts, parts, prefillTokens);
            prefilledSinceDecode += answers.isEmpty() ? 0 : tokens(parts);
        } else {
            answers.stream().limit(stepTokens).forEach(answer -> parts.add(new Part(answer, answer.pending())));
            addPrompts(prompts, parts, mixedRoom(parts.size()));
            prefilledSinceDecode = 0;
        }
        return new StepPlan(List.copyOf(parts));
    }

    /** Tokens of prompts that go with so many answers. */
    private int mixedRoom(int answers) {
        int rows = (answers + mixedTokens + ROWS - 1) / ROWS * ROWS;
        return Math.min(rows, stepTokens) - answers;
    }

    private boolean goFirst(int answers, List<Sequence> prompts) {
        boolean branchesNeedAStep =
                prompts.stream().anyMatch(p -> p.pending() == 1 && p.tail() >= stepTokens - answers);
        return isBurst(answers, prompts) || (branchesNeedAStep && prefilledSinceDecode == 0);
    }

    /** Whether all prompts are short and few, and more than a step with the answers has room for. */
    private boolean isBurst(int answers, List<Sequence> prompts) {
        int pending = prompts.stream().mapToInt(p -> p.pending() + p.tail()).sum();
        return pending > mixedRoom(answers)
                && prefilledSinceDecode + pending <= burstTokens
                && prompts.stream().allMatch(prompt -> prompt.pending() <= SHORT_PROMPT);
    }

    /** Adds the next tokens of prompts, in their order, up to {@code room}; more only where a prompt's last token has branches that must go with it. */
    private void addPrompts(List<Sequence> prompts, List<Part> parts, int room) {
        int left = room;
        for (Sequence prompt : prompts) {
            Part part = new Part(prompt, chunk(prompt, left, stepTokens - tokens(parts)));
            if (part.count() > 0) {
                parts.add(part);
                left -= part.tokens();
            }
            if (left <= 0) {
                return;
            }
        }
    }

    /** The last token of a prompt goes only together with the label branches that go on from it. */
    private static int chunk(Sequence prompt, int wanted, int most) {
        int count = Math.min(prompt.pending(), wanted);
        boolean reachesEnd = count == prompt.pending();
        boolean onlyEndIsLeft = prompt.pending() == 1;
        boolean branchesFit = count + prompt.tail() <= (onlyEndIsLeft ? most : wanted);
        return reachesEnd && !branchesFit ? Math.min(count - 1, most) : Math.min(count, most);
    }

    private static int tokens(List<Part> parts) {
        return parts.stream().mapToInt(Part::tokens).sum();
    }
}
