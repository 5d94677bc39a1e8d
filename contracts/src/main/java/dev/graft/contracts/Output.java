package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;

/** What is asked of the model. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Output.Generate.class, name = "generate"),
    @JsonSubTypes.Type(value = Output.Classify.class, name = "classify")
})
public sealed interface Output {
    /**
     * Text, token by token.
     *
     * @param sampling how tokens are drawn; absent in JSON: the service's defaults
     */
    record Generate(Sampling sampling) implements Output {
        @JsonCreator
        static Generate of(@JsonProperty("sampling") Optional<Sampling> sampling) {
            return new Generate(sampling.orElseGet(Sampling::defaults));
        }
    }

    /**
     * One of these labels, by likelihood; nothing is sampled.
     *
     * @param labels the allowed answers, each of any number of tokens; at least two, no two alike
     * @param normalisation what makes labels of different lengths comparable; absent: {@code SUM}
     * @param calibration what takes out the model's bias towards labels; absent: {@code NONE}
     * @param contentFree the same prompt around an input that says nothing ("N/A"), in the same form; {@code CONTEXTUAL} calibration divides by,
     *     and {@code PMI} subtracts, what the labels score after it. Absent: the receiver puts "N/A" in the place of the last user turn, or of the
     *     whole text
     */
    record Classify(
            List<String> labels,
            Optional<Normalisation> normalisation,
            Optional<Calibration> calibration,
            Optional<Prompt> contentFree)
            implements Output {
        public Classify {
            labels = List.copyOf(labels);
        }

        /** Without a content-free prompt of the sender's own. */
        public Classify(List<String> labels, Optional<Normalisation> normalisation, Optional<Calibration> calibration) {
            this(labels, normalisation, calibration, Optional.empty());
        }
    }

    /** How the log-likelihoods of a label's tokens become its score. */
    enum Normalisation {
        /** Their sum: the label's probability as it is. */
        @JsonProperty("sum")
        SUM,
        /** Their mean: long labels are not punished for their length. */
        @JsonProperty("mean")
        MEAN,
        /** Their sum less the label's own log-likelihood without the input (pointwise mutual information, Holtzman et al. 2021). */
        @JsonProperty("pmi")
        PMI
    }

    /** How the model's preference for labels, whatever the input, is taken out. */
    enum Calibration {
        @JsonProperty("none")
        NONE,
        /** Divide by the probabilities after a content-free input (Zhao et al. 2021). */
        @JsonProperty("contextual")
        CONTEXTUAL,
        /** Divide by the mean probabilities over the inputs of the batch (Zhou et al. 2023). */
        @JsonProperty("batch")
        BATCH
    }
}
