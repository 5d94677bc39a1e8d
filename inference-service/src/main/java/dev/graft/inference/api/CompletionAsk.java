package dev.graft.inference.api;

import dev.graft.inference.request.Request;
import java.time.Instant;
import java.util.List;

/**
 * A completion that passed every check.
 *
 * @param requests one for each prompt
 * @param echoes the prompts' texts that begin the answers, one for each request; empty texts where not asked for
 * @param choices answers to each prompt
 * @param logprobs whether the reply tells log-probabilities
 * @param tokenIds whether it tells tokens by their numbers there
 * @param stream whether it is sent as it comes
 * @param usage whether a stream ends with its usage
 */
record CompletionAsk(
        String id,
        Shape shape,
        String model,
        long created,
        List<Request> requests,
        List<String> echoes,
        int choices,
        boolean logprobs,
        boolean tokenIds,
        boolean stream,
        boolean usage) {
    static long now() {
        return Instant.now().getEpochSecond();
    }
}
