package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Run this prompt. Key and {@code ce_id}: the request's id, chosen by the sender; the same id again is the same request and gets the stored
 * answer.
 *
 * @param id chosen by the sender, at most 200 characters
 * @param model name of the model or adapter; absent: the model that is loaded
 * @param user whom it is for, or another name that decides: where a candidate of the adapter has a share of the traffic, one user always gets the same
 *     generation; absent: the live one
 * @param loraScale what the adapter's effect is multiplied by, -8 to 8; absent: 1, the adapter as it is
 * @param prompt what the model reads
 * @param output what is asked of it
 * @param priority higher goes first; absent: 0
 * @param deadline after this nobody waits for the answer: it is not begun, or broken off
 */
public record InferenceRequest(
        String id,
        Optional<String> model,
        Optional<String> user,
        OptionalDouble loraScale,
        Prompt prompt,
        Output output,
        @JsonSetter(nulls = Nulls.AS_EMPTY) int priority,
        Optional<Instant> deadline) {
    /** Of nobody in particular; with the adapter, where the model is one, as it is. */
    public InferenceRequest(
            String id, Optional<String> model, Prompt prompt, Output output, int priority, Optional<Instant> deadline) {
        this(id, model, Optional.empty(), OptionalDouble.empty(), prompt, output, priority, deadline);
    }
}
