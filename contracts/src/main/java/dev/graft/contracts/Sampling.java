package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How tokens are drawn. What is absent takes the service's default.
 *
 * @param maxTokens the most tokens of the answer
 * @param temperature 0 takes the likeliest token (greedy); higher is more varied
 * @param topK draw from the k likeliest tokens; 0 from all
 * @param topP draw from the likeliest tokens that together have this probability; 1 from all
 * @param minP drop tokens less likely than this share of the likeliest's probability; 0 none
 * @param repeatPenalty divide the logits of tokens seen among the last {@code repeatLastN}; 1 not at all
 * @param frequencyPenalty subtracted from a token's logit for each time it was drawn
 * @param presencePenalty subtracted from a token's logit once it was drawn
 * @param repeatLastN how many tokens back the penalties look
 * @param seed the same seed, prompt and settings draw the same tokens; absent: a random one
 * @param stop texts that end the answer and are not part of it
 * @param logitBias token number to what is added to its logit, -100 to 100
 */
public record Sampling(
        OptionalInt maxTokens,
        OptionalDouble temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalDouble minP,
        OptionalDouble repeatPenalty,
        OptionalDouble frequencyPenalty,
        OptionalDouble presencePenalty,
        OptionalInt repeatLastN,
        OptionalLong seed,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> stop,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<Integer, Double> logitBias) {

    public Sampling {
        stop = List.copyOf(stop);
        logitBias = Map.copyOf(logitBias);
    }

    /** All of it left to the service. */
    public static Sampling defaults() {
        return new Sampling(
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                List.of(),
                Map.of());
    }

    /** Always the likeliest token. */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(
                OptionalInt.of(maxTokens),
                OptionalDouble.of(0),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                List.of(),
                Map.of());
    }
}
