package dev.graft.inference.request;

import static dev.graft.inference.request.Refusals.between;

import dev.graft.contracts.Sampling;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Checks {@link Sampling} and fills in the service's defaults. */
@Singleton
public class Draws {
    private static final double MOST_TEMPERATURE = 100;
    private static final double MOST_REPEAT_PENALTY = 10;
    private static final double MOST_PENALTY = 2;
    private static final double MOST_BIAS = 100;

    private final ModelText text;
    private final InferenceSettings settings;

    public Draws(ModelText text, InferenceSettings settings) {
        this.text = text;
        this.settings = settings;
    }

    /**
     * @param room tokens that there are for one answer
     * @param least the fewest tokens that may be asked for: 0 where the prompt alone is of interest, else 1
     * @throws dev.graft.contracts.FaultException naming the field that is out of range
     */
    public Draw of(Sampling s, Naming names, int room, int least) {
        var defaults = settings.sampling();
        return new Draw(
                maxTokens(s, names, room, least),
                between(names.of("temperature"), s.temperature().orElse(defaults.temperature()), 0, MOST_TEMPERATURE),
                topK(names.of("topK"), s.topK().orElse(defaults.topK())),
                topP(names.of("topP"), s.topP().orElse(defaults.topP())),
                between(names.of("minP"), s.minP().orElse(defaults.minP()), 0, 1),
                repeatPenalty(names.of("repeatPenalty"), s.repeatPenalty().orElse(defaults.repeatPenalty())),
                penalty(names.of("frequencyPenalty"), s.frequencyPenalty().orElse(0)),
                penalty(names.of("presencePenalty"), s.presencePenalty().orElse(0)),
                lastN(names.of("repeatLastN"), s.repeatLastN().orElse(defaults.repeatLastN())),
                s.seed()
                        .orElseGet(() ->
                                new SplittableRandom(ThreadLocalRandom.current().nextLong()).nextLong()),
                stop(s.stop(), names.of("stop")),
                bias(s.logitBias(), names.of("logitBias")));
    }

    private int maxTokens(Sampling s, Naming names, int room, int least) {
        int most = Math.min(settings.limits().maxTokens(), room);
        if (s.maxTokens().isEmpty()) {
            return Math.min(settings.sampling().maxTokens(), most);
        }
        int asked = s.maxTokens().getAsInt();
        if (asked < least || asked > most) {
            throw Refusals.refused(
                    "max_tokens_out_of_range",
                    names.of("maxTokens"),
                    asked,
                    "must be from " + least + " to " + most
                            + ", which is what the limits and the prompt leave room for");
        }
        return asked;
    }

    private int topK(String field, int k) {
        return k == -1 ? 0 : between(field, k, 0, text.tokenizer().size());
    }

    private static float topP(String field, double p) {
        if (p == 0) {
            throw Refusals.invalid(field, p, "must be above 0 and at most 1");
        }
        return between(field, p, 0, 1);
    }

    private static float repeatPenalty(String field, double penalty) {
        if (penalty == 0) {
            throw Refusals.invalid(field, penalty, "must be above 0: 1 is no penalty");
        }
        return between(field, penalty, 0, MOST_REPEAT_PENALTY);
    }

    private static float penalty(String field, double penalty) {
        return between(field, penalty, -MOST_PENALTY, MOST_PENALTY);
    }

    /** -1 means all, as with llama-server. */
    private int lastN(String field, int n) {
        int all = settings.llama().contextTokens();
        return n == -1 ? all : between(field, n, 0, all);
    }

    private List<String> stop(List<String> stop, String field) {
        var limits = settings.limits();
        if (stop.size() > limits.stopTexts()) {
            throw Refusals.refused(
                    "too_many_stop_texts", field, stop.size() + " texts", "at most " + limits.stopTexts());
        }
        for (int i = 0; i < stop.size(); i++) {
            int length = stop.get(i).length();
            if (length == 0 || length > limits.stopTextChars()) {
                throw Refusals.invalid(
                        field + "[" + i + "]",
                        length + " characters",
                        "must have from 1 to " + limits.stopTextChars() + " characters");
            }
        }
        return stop;
    }

    private Map<Integer, Float> bias(Map<Integer, Double> asked, String field) {
        int most = settings.limits().logitBias();
        if (asked.size() > most) {
            throw Refusals.refused("too_many_biases", field, asked.size() + " tokens", "at most " + most);
        }
        Map<Integer, Float> bias = new HashMap<>();
        asked.forEach((token, value) -> {
            between(field + " (token)", token, 0, text.tokenizer().size() - 1);
            bias.put(token, between(field + "." + token, value, -MOST_BIAS, MOST_BIAS));
        });
        return bias;
    }
}
