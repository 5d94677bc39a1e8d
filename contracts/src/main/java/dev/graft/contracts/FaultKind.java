package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose doing a {@link Fault} is, and so what to do with the request that met it. */
public enum FaultKind {
    /** The request is wrong and will stay wrong: HTTP 4xx, an error result over Kafka. */
    @JsonProperty("input")
    INPUT,
    /** Too much at the moment, the same request may work later: HTTP 429 or 503, released over Kafka. */
    @JsonProperty("capacity")
    CAPACITY,
    /** The request's time ran out or its sender withdrew it: HTTP 408 or nothing, an error result over Kafka. */
    @JsonProperty("ended")
    ENDED,
    /** Ours: HTTP 500, released over Kafka and at last a dead letter. */
    @JsonProperty("internal")
    INTERNAL
}
