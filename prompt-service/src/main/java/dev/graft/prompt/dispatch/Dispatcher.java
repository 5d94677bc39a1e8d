package dev.graft.prompt.dispatch;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.PromptResult;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a run to the inference service and waits for what comes back. Blocks: called on virtual threads, as many as there are runs. */
@Singleton
public final class Dispatcher {
    /** Inference itself says when a deadline has passed; this is for when it cannot. */
    public static final Duration GRACE = Duration.ofSeconds(2);

    private final InferenceEvents inference;
    private final Waiting waiting;

    public Dispatcher(InferenceEvents inference, Waiting waiting) {
        this.inference = inference;
        this.waiting = waiting;
    }

    /**
     * @param gone completes when the sender goes away: the run is then withdrawn
     * @throws FaultException {@code broker_unavailable}, {@code deadline_exceeded}, {@code cancelled}, {@code id_reused}
     */
    public PromptResult run(Run run, CompletableFuture<?> gone) {
        if (!waiting.listening()) {
            throw new FaultException(
                    Fault.capacity("broker_unavailable", "Kafka was not reached yet: try again later"));
        }
        String id = run.inferenceId();
        Waiting.Ticket ticket = waiting.join(run);
        boolean heard = false;
        try {
            if (ticket.first()) {
                inference.send(run.request()).whenComplete((sent, failure) -> {
                    if (failure != null) {
                        ticket.answer().completeExceptionally(failure);
                    }
                });
            }
            InferenceResult result = await(run, ticket.answer(), gone);
            heard = true;
            return Answers.of(run, result);
        } finally {
            if (waiting.leave(id) && !heard) {
                inference.cancel(id);
            }
        }
    }

    private static InferenceResult await(
            Run run, CompletableFuture<InferenceResult> answer, CompletableFuture<?> gone) {
        try {
            long left =
                    Duration.between(Instant.now(), run.deadline()).plus(GRACE).toMillis();
            CompletableFuture.anyOf(answer, gone).get(Math.max(1, left), TimeUnit.MILLISECONDS);
            if (answer.isDone()) {
                return answer.get();
            }
            throw new FaultException(Fault.ended("cancelled", "the sender went away"));
        } catch (TimeoutException e) {
            throw new FaultException(Fault.ended("deadline_exceeded", "no answer until " + run.deadline()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.capacity("stopping", "the service is stopping: send it again"), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FaultException fault ? fault : new IllegalStateException(e.getCause());
        }
    }
}
