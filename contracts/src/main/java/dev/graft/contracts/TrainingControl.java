package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What is said to a training job. Key: its id. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainingControl.Pause.class, name = "pause"),
    @JsonSubTypes.Type(value = TrainingControl.Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = TrainingControl.Cancel.class, name = "cancel")
})
public sealed interface TrainingControl {
    /** The job's id. */
    String id();

    /** Write a checkpoint after the step that is under way, and free the worker. */
    record Pause(String id) implements TrainingControl {}

    /** Go on from there, on whichever worker is free. */
    record Resume(String id) implements TrainingControl {}

    /** End it without an adapter. */
    record Cancel(String id) implements TrainingControl {}
}
