package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/** What became of a {@link PromptRequest}. Key: its id. May arrive twice after a crash: drop the second. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PromptResult.Answered.class, name = "answered"),
    @JsonSubTypes.Type(value = PromptResult.Failed.class, name = "failed")
})
public sealed interface PromptResult {
    /** The request's id. */
    String id();

    /**
     * @param id the request's id
     * @param template the template's name
     * @param version the version that was rendered
     * @param served which weights answered
     * @param text the answer; for choices the likeliest one
     * @param labels each choice's probability; empty for generated text
     * @param valid whether the text is what the template's output asks for (one of the choices, the pattern); true for free text
     * @param finish why the text ends
     * @param usage tokens read and written
     * @param timings where the time went inside inference
     */
    record Answered(
            String id,
            String template,
            int version,
            Served served,
            String text,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<InferenceResult.LabelProbability> labels,
            boolean valid,
            InferenceResult.Finish finish,
            Usage usage,
            Timings timings)
            implements PromptResult {
        public Answered {
            labels = List.copyOf(labels);
        }
    }

    /** @param fault why there is no answer */
    record Failed(String id, Fault fault) implements PromptResult {}
}
