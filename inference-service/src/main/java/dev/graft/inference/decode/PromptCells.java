package dev.graft.inference.decode;

import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.prefix.Cells;
import dev.graft.inference.prefix.PrefixCache;
import dev.graft.inference.prefix.SequenceNumbers;
import dev.graft.inference.request.Tokens;
import dev.graft.inference.schedule.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cells and sequence numbers of one prompt and what follows it: taken together, or not at all; given back together. A prompt that begins like one
 * which is being computed waits for that beginning, instead of computing it again.
 */
final class PromptCells {
    private final Kv kv;
    private final Optional<ScaledAdapter> weights;
    private final Tokens prompt;
    private int worthKeeping;
    private final List<Integer> numbers;
    private final Sequence sequence;
    private PrefixCache.Lease lease;
    private int reserved;
    private Optional<PrefixInTheMaking> awaited = Optional.empty();
    private boolean released;

    /** What all jobs draw from. */
    record Kv(KvPool pool, SequenceNumbers numbers, PrefixCache prefixes, Cells cells, List<PromptCells> prefilling) {}

    /** The first {@code length} tokens of a prompt that is being computed. */
    private record PrefixInTheMaking(PromptCells prompt, int length) {
        boolean ready() {
            return prompt.released || prompt.sequence.computed() >= length;
        }
    }

    private PromptCells(
            Kv kv,
            Optional<ScaledAdapter> weights,
            Tokens prompt,
            int room,
            PrefixCache.Lease lease,
            int reserved,
            List<Integer> numbers) {
        this.kv = kv;
        this.weights = weights;
        this.prompt = prompt;
        this.lease = lease;
        this.reserved = reserved;
        this.numbers = numbers;
        this.worthKeeping = kv.prefixes.worthKeeping(weights, prompt);
        this.sequence = new Sequence(numbers.getFirst(), prompt, prompt.length() + room);
        kv.prefixes.share(lease, sequence.number());
        sequence.advance(lease.cached());
    }

    /**
     * Takes what a prompt needs; empty when it must wait.
     *
     * @param weights that its cells are computed with
     * @param following cells for the tokens after the prompt
     * @param sequences how many sequences go on from the prompt, its own included
     * @param wholePrompt whether every token must be computed, though it may be cached
     */
    static Optional<PromptCells> take(
            Kv kv, Optional<ScaledAdapter> weights, Tokens prompt, int following, int sequences, boolean wholePrompt) {
        PrefixCache.Lease lease = wholePrompt ? kv.prefixes.none() : kv.prefixes.lookUp(weights, prompt);
        int cells = prompt.length() - lease.cached() + following;
        if (!kv.pool.reserve(cells, sequences)) {
            kv.prefixes.end(lease);
            return Optional.empty();
        }
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            numbers.add(kv.numbers.take());
        }
        PromptCells taken = new PromptCells(kv, weights, prompt, following, lease, cells, numbers);
        if (!wholePrompt) {
            taken.awaitPrefixInTheMaking();
        }
        kv.prefilling.add(taken);
        return Optional.of(taken);
    }

    private void awaitPrefixInTheMaking() {
        int longest = sequence.computed() + PrefixCache.LEAST_WORTH_WAITING;
        for (PromptCells other : kv.prefilling) {
            int common = other.weights.equals(weights) ? prompt.commonBeginning(other.prompt, prompt.length() - 1) : 0;
            if (common > longest) {
                longest = common;
                awaited = Optional.of(new PrefixInTheMaking(other, common));
            }
        }
        // The other may end in the very step that computes its prompt: it must keep what is awaited before it goes.
        awaited.ifPresent(made -> made.prompt.worthKeeping = Math.max(made.prompt.worthKeeping, made.length));
    }

    /** Whether its beginning is being computed by another prompt; looks whether that is done, and takes it over. */
    boolean awaitsPrefix() {
        if (awaited.filter(PrefixInTheMaking::ready).isPresent()) {
            PrefixInTheMaking made = awaited.get();
            awaited = Optional.empty();
            if (!made.prompt.released) {
                made.prompt.keep(made.length);
            }
            takeOverCached();
        }
        return awaited.isPresent();
    }

    private void takeOverCached() {
        PrefixCache.Lease found = kv.prefixes.lookUp(weights, prompt);
        int more = found.cached() - sequence.computed();
        if (more <= 0) {
            kv.prefixes.end(found);
            return;
        }
        kv.prefixes.end(lease);
        lease = found;
        kv.prefixes.share(lease, sequence.number());
        sequence.advance(more);
        giveBack(more);
    }

    Sequence sequence() {
        return sequence;
    }

    int cached() {
        return lease.cached();
    }

    int number(int index) {
        return numbers.get(index);
    }

    /** The prompt is computed: its beginning is kept for others, if it came before. */
    void promptComputed() {
        kv.prefilling.remove(this);
        keep(worthKeeping);
    }

    private void keep(int length) {
        PrefixCache.Kept kept = kv.prefixes.keep(lease, weights, prompt, length, sequence.number());
        lease = kept.lease();
        giveBack(kept.cells());
    }

    private void giveBack(int cells) {
        reserved -= cells;
        kv.pool.giveBack(cells);
    }

    /** Lets another of its sequences go on from the prompt's first {@code end} tokens. */
    void fork(int index, int end) {
        if (end > 0) {
            kv.cells.share(sequence.number(), numbers.get(index), 0, end);
        }
    }

    void clear(int index) {
        kv.cells.release(numbers.get(index));
    }

    void release() {
        if (released) {
            return;
        }
        released = true;
        kv.prefilling.remove(this);
        for (int number : numbers) {
            kv.cells.release(number);
            kv.numbers.giveBack(number);
        }
        kv.prefixes.end(lease);
        kv.pool.giveBack(reserved);
    }
}
