package dev.graft.prompt.dispatch;

import dev.graft.contracts.InferenceRequest;
import java.util.concurrent.CompletionStage;

/** The way to the inference service; its results come in through {@link Waiting#answered}. */
public interface InferenceEvents {
    /**
     * Hands a request over; done when it is safe on the broker.
     *
     * @throws dev.graft.contracts.FaultException within the stage: {@code broker_unavailable}
     */
    CompletionStage<Void> send(InferenceRequest request);

    /** Says that nobody waits any more. */
    void cancel(String id);
}
