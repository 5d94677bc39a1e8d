package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.contracts.Timings;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.llama.AdapterUse;
import java.util.List;
import java.util.Optional;

/** A request that has a slot. Lives on the decode thread. */
abstract class Job {
    private final Submission submission;
    private final long startedNanos = System.nanoTime();
    private final int slot;
    private long firstNanos;
    private boolean ended;

    /** @param slot of the adapter that it is computed with; 0: none */
    Job(Submission submission, int slot) {
        this.submission = submission;
        this.slot = slot;
    }

    int slot() {
        return slot;
    }

    /** What its tokens are computed with. */
    AdapterUse use() {
        float scale =
                submission.request().terms().adapter().map(ScaledAdapter::scale).orElse(1f);
        return new AdapterUse(slot, scale);
    }

    Submission submission() {
        return submission;
    }

    /** The weights that it is computed with. */
    Optional<AdapterRef> weights() {
        return submission.request().terms().weights();
    }

    /** The sequences that have tokens to compute now. */
    abstract List<Lane> lanes();

    /** Gives back cells and sequence numbers; called once, however the job ends. */
    abstract void release();

    /** Tokens of the prompt that need not be computed, as far as is known. */
    abstract int cached();

    boolean ended() {
        return ended;
    }

    /** The first token, or all labels' scores, are there. */
    void markFirst() {
        if (firstNanos == 0) {
            firstNanos = System.nanoTime();
        }
    }

    void emit(AnswerEvent event) {
        submission.ticket().emit(event);
    }

    void finish(AnswerEvent.Done done) {
        ended = true;
        emit(done);
    }

    void fail(Fault fault) {
        if (!ended) {
            ended = true;
            emit(new AnswerEvent.Failed(fault));
        }
    }

    Timings timings() {
        long now = System.nanoTime();
        long first = firstNanos == 0 ? now : firstNanos;
        return new Timings(ms(startedNanos - submission.arrivedNanos()), ms(first - startedNanos), ms(now - first));
    }

    private static double ms(long nanos) {
        return nanos / 1e6;
    }
}
