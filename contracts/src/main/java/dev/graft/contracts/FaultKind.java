package dev.graft.contracts;

/** Whose doing a {@link Fault} is, and so what to do with the request that met it. */
public enum FaultKind {
    /** The request is wrong and will stay wrong: HTTP 4xx, an error result over Kafka. */
    INPUT,
    /** Too much at the moment, the same request may work later: HTTP 429 or 503, released over Kafka. */
    CAPACITY,
    /** The request's time ran out or its sender withdrew it: HTTP 408 or nothing, an error result over Kafka. */
    ENDED,
    /** Ours: HTTP 500, released over Kafka and at last a dead letter. */
    INTERNAL
}
