package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Run a template with these variables. Key and {@code ce_id}: the request's id; the same id again gets the stored answer.
 *
 * @param id chosen by the sender, at most 200 characters
 * @param template {@code name}, {@code name@version} or {@code name@label}; a bare name means its label {@code production}, or, where that is not set, its newest version
 * @param variables values for the variables that the template declares; null is the same as left out
 * @param model name of the model or adapter; absent: the template's own, or the model that is loaded
 * @param user whom it is for, or another name that decides: where a candidate of the adapter has a share of the traffic, one user always gets the same
 *     generation; absent: the live one
 * @param mode how a template whose output is one of some labels finds the label; absent: as the template says
 * @param priority higher goes first; absent: 0
 * @param deadline after this nobody waits for the answer
 */
public record PromptRequest(
        String id,
        String template,

        @JsonSetter(nulls = Nulls.AS_EMPTY, contentNulls = Nulls.SKIP)
        Map<String, JsonNode> variables,

        Optional<String> model,
        Optional<String> user,
        Optional<LabelMode> mode,
        @JsonSetter(nulls = Nulls.AS_EMPTY) int priority,
        Optional<Instant> deadline) {
    public PromptRequest {
        variables = Map.copyOf(variables);
    }

    /** In the mode that the template says, of nobody in particular. */
    public PromptRequest(
            String id,
            String template,
            Map<String, JsonNode> variables,
            Optional<String> model,
            int priority,
            Optional<Instant> deadline) {
        this(id, template, variables, model, Optional.empty(), Optional.empty(), priority, deadline);
    }

    /** How a label is found. */
    public enum LabelMode {
        /** Every label is scored by its likelihood; the answer is always one of them. */
        @JsonProperty("score")
        SCORE,
        /** The model writes freely, and may write something that is none of the labels: the answer is then not valid. */
        @JsonProperty("generate")
        GENERATE
    }
}
