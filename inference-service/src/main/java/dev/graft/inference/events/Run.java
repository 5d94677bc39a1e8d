package dev.graft.inference.events;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceResult;
import dev.graft.inference.answer.Answer;
import java.util.concurrent.CompletableFuture;

/** One request in the engine: a virtual thread of its own reads the answer until it is whole. */
final class Run {
    private final Digest digest;
    private final Answer answer;
    private final CompletableFuture<InferenceResult> result = new CompletableFuture<>();

    private Run(Digest digest, Answer answer) {
        this.digest = digest;
        this.answer = answer;
    }

    static Run reading(String id, Digest digest, Answer answer) {
        Run run = new Run(digest, answer);
        Thread.ofVirtual().name("answer-" + id).start(() -> run.read(id));
        return run;
    }

    Digest digest() {
        return digest;
    }

    /** Done when it waits for a slot no more. */
    CompletableFuture<?> begun() {
        return answer.begun();
    }

    /** The whole answer; fails with a {@link FaultException} where there is none. */
    CompletableFuture<InferenceResult> result() {
        return result;
    }

    /** Frees the slot at the engine's next step; without effect where the result is there already. */
    void end(Fault why) {
        if (result.completeExceptionally(new FaultException(why))) {
            answer.close();
        }
    }

    private void read(String id) {
        try (answer) {
            result.complete(WholeAnswer.read(id, answer));
        } catch (FaultException e) {
            result.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.completeExceptionally(unexpected(e));
        } catch (RuntimeException e) {
            result.completeExceptionally(unexpected(e));
        }
    }

    private static FaultException unexpected(Exception e) {
        return new FaultException(Fault.internal("unexpected", "the answer broke off: " + e), e);
    }
}
