package dev.graft.contracts;

/** The topics, as everybody names them. */
public final class Topics {
    public static final String PROMPT_REQUESTS = "graft.prompt.requests";
    public static final String PROMPT_RESULTS = "graft.prompt.results";
    public static final String INFERENCE_REQUESTS = "graft.inference.requests";
    public static final String INFERENCE_RESULTS = "graft.inference.results";
    public static final String INFERENCE_CONTROL = "graft.inference.control";
    public static final String TRAINING_REQUESTS = "graft.training.requests";
    public static final String TRAINING_CONTROL = "graft.training.control";
    public static final String TRAINING_EVENTS = "graft.training.events";
    public static final String ADAPTERS = "graft.adapters";

    /** What a topic's dead letters are called: the broker moves records there that were rejected or delivered too often. */
    public static String deadLetters(String topic) {
        return topic + ".dlq";
    }

    private Topics() {}
}
