package dev.graft.inference.schedule;

import dev.graft.inference.schedule.StepPlan.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans decode steps: a token for every answer that is running, then prompts in order of their arrival, in chunks.
 *
 * <p>Beside running answers a step takes only {@code prefillTokens} of prompts, so that a long prompt never stalls them. Short prompts are the
 * exception: a burst of them goes before the next decode step, one after the other. Each running answer then waits once for all of them instead of
 * once for each, and each prompt's first token comes as early as it can.
 */
public final class Scheduler {
    /** A prompt with no more tokens than this to compute may be part of a burst. */
    private static final int SHORT_PROMPT = 128;

    private final int stepTokens;
    private final int prefillTokens;
    private final int burstTokens;
    private int prefilledSinceDecode;

    /**
     * @param stepTokens the most tokens of a step
     * @param prefillTokens the most tokens of prompts in a step that has running answers
     * @param burstTokens the most tokens of short prompts that running answers wait for
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
        List<Part> parts = new ArrayList<>();
        if (answers.isEmpty() || isBurst(prompts)) {
            addPrompts(prompts, parts, stepTokens, Math.max(prefillTokens, firstPending(prompts)));
            prefilledSinceDecode += tokens(parts);
        } else {
            answers.stream().limit(stepTokens).forEach(answer -> parts.add(new Part(answer, 1)));
            addPrompts(prompts, parts, stepTokens - parts.size(), prefillTokens);
            prefilledSinceDecode = 0;
        }
        return new StepPlan(List.copyOf(parts));
    }

    private boolean isBurst(List<Sequence> prompts) {
        int pending = prompts.stream().mapToInt(Sequence::pending).sum();
        return pending > 0
                && prefilledSinceDecode + pending <= burstTokens
                && prompts.stream().allMatch(prompt -> prompt.pending() <= SHORT_PROMPT);
    }

    private static int firstPending(List<Sequence> prompts) {
        return prompts.isEmpty() ? 0 : prompts.getFirst().pending();
    }

    private static int tokens(List<Part> parts) {
        return parts.stream().mapToInt(Part::tokens).sum();
    }

    /**
     * @param room tokens that the step has left
     * @param most how many of them prompts should take
     */
    private static void addPrompts(List<Sequence> prompts, List<Part> parts, int room, int most) {
        int left = Math.min(room, most);
        boolean first = true;
        for (Sequence prompt : prompts) {
            // Branches that never fit into what prompts should take would wait for ever: the first prompt may have the
            // whole room.
            int chunk = chunk(prompt, left, first ? room : left);
            if (chunk > 0) {
                Part part = new Part(prompt, chunk);
                parts.add(part);
                left = Math.max(0, left - part.tokens());
            }
            first = false;
        }
    }

    /** As much of the prompt as fits; its last token only together with the branches that go on from it. */
    private static int chunk(Sequence prompt, int left, int roomForBranches) {
        int pending = prompt.pending();
        if (pending > left) {
            return left;
        }
        return pending + prompt.tail() <= Math.max(left, roomForBranches) ? pending : pending - 1;
    }
}
