package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/** What became of an {@link InferenceRequest}. Key: its id. May arrive twice after a crash: drop the second. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = InferenceResult.Answered.class, name = "answered"),
    @JsonSubTypes.Type(value = InferenceResult.Failed.class, name = "failed")
})
public sealed interface InferenceResult {
    /** The request's id. */
    String id();

    /**
     * @param id the request's id
     * @param served which weights answered
     * @param text the answer; for a classification its likeliest label
     * @param labels each label's probability, in the order of the request; empty for generated text
     * @param finish why the text ends
     * @param usage tokens read and written
     * @param timings where the time went, from delivery to the end
     */
    record Answered(
            String id,
            Served served,
            String text,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<LabelProbability> labels,
            Finish finish,
            Usage usage,
            Timings timings)
            implements InferenceResult {
        public Answered {
            labels = List.copyOf(labels);
        }
    }

    /** @param fault why there is no answer */
    record Failed(String id, Fault fault) implements InferenceResult {}

    /**
     * @param label as in the request
     * @param probability among the labels of the request: they add up to 1
     * @param logLikelihood sum over the label's tokens of ln p, before normalisation and calibration
     */
    record LabelProbability(String label, double probability, double logLikelihood) {}

    /** Why an answer ends. */
    enum Finish {
        /** The model ended it, or a stop text came. */
        @JsonProperty("stop")
        STOP,
        /** The limit of tokens came first. */
        @JsonProperty("length")
        LENGTH,
        /** A label was chosen. */
        @JsonProperty("label")
        LABEL
    }
}
