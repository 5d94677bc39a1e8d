package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a sender says of a request that is under way. Key: its id. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = InferenceControl.Cancel.class, name = "cancel"))
public sealed interface InferenceControl {
    /** The request's id. */
    String id();

    /** Nobody waits for the answer any more: its result is a fault with the code {@code cancelled}. */
    record Cancel(String id) implements InferenceControl {}
}
