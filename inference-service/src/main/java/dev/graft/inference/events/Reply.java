package dev.graft.inference.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult;
import java.util.Optional;

/**
 * What goes onto the results topic.
 *
 * @param id the request's
 * @param body an {@link InferenceResult} as JSON
 * @param answers the request that this answers from now on, whenever it comes again; empty where the next request of this id is to be worked on
 */
record Reply(String id, byte[] body, Optional<Digest> answers) {
    /** The {@code ce_type} of every reply. */
    static final String TYPE = CloudEventHeaders.typeOf(new InferenceResult.Failed("", Fault.ended("", "")));

    static Reply answer(InferenceResult result, Digest digest) {
        return new Reply(result.id(), EventJson.write(result), Optional.of(digest));
    }

    /** A fault that this very request will always meet. */
    static Reply lastingFault(String id, Digest digest, Fault fault) {
        return answer(new InferenceResult.Failed(id, fault), digest);
    }

    /** A fault that says nothing of the request which owns this id. */
    static Reply passingFault(String id, Fault fault) {
        return new Reply(id, EventJson.write(new InferenceResult.Failed(id, fault)), Optional.empty());
    }
}
