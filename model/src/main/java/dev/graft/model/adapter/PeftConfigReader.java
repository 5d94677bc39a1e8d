package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.graft.model.adapter.PeftConfig.Exceptional;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads an {@code adapter_config.json} as PEFT 0.21 does. A setting that would change what the adapter computes is refused by name unless it is
 * off, and so is one that nobody here knows: a file that asks for more than plain LoRA must not be served as less.
 */
final class PeftConfigReader {
    /** Settings of training, or of others that are off. */
    private static final Set<String> OF_NO_MATTER = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "eva_config",
            "inference_mode",
            "lora_dropout",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision",
            "task_type");

    /** Ways to begin a training that leave the base's weights as they are. */
    private static final Set<String> PLAIN_BEGINNINGS = Set.of("gaussian", "eva", "orthogonal");

    private static final double LEAST_ALPHA =
            1e-6; // 0 would switch a module off in PEFT, and means a scale of 1 in llama.cpp
    private static final double MOST_ALPHA = 1e6;
    private static final int MOST_RANK = 1 << 20;
    private static final int MOST_LAYERS = 1 << 20;

    private final ModulePatterns patterns = new ModulePatterns();
    private final List<Exceptional> ranks = new ArrayList<>();
    private final List<Exceptional> alphas = new ArrayList<>();
    private String type = "nothing";
    private int rank;
    private double alpha;
    private boolean rankStabilised;
    private @Nullable Predicate<String> targets;
    private Predicate<String> excluded = module -> false;
    private List<Integer> layers = List.of();

    private PeftConfigReader() {}

    /** @throws MalformedPeftException where it is no sound configuration of plain LoRA */
    static PeftConfig read(String text) {
        var reader = new PeftConfigReader();
        StrictJson.object(PeftConfig.FILE, text, reader::setting);
        return reader.config(text);
    }

    private PeftConfig config(String text) {
        if (!type.equals("LORA")) {
            throw new MalformedPeftException("peft_type", type, "only LORA is supported");
        }
        if (targets == null) {
            throw new MalformedPeftException("target_modules", "nothing", "must name the modules that have an adapter");
        }
        if (rank == 0 || alpha == 0) {
            throw new MalformedPeftException(rank == 0 ? "r" : "lora_alpha", "nothing", "must be there");
        }
        return new PeftConfig(
                text,
                rank,
                alpha,
                rankStabilised,
                targets.and(excluded.negate()),
                layers.isEmpty() ? Optional.empty() : Optional.of(Set.copyOf(layers)),
                ranks,
                alphas);
    }

    private void setting(String name, JsonParser json) throws IOException {
        switch (name) {
            case "peft_type" -> type = JsonValues.text(name, json);
            case "r" -> rank = rank(name, json);
            case "lora_alpha" -> alpha = alpha(name, json);
            case "use_rslora" -> rankStabilised = JsonValues.flag(name, json);
            case "bias" -> bias(name, json);
            case "target_modules" -> targets = modules(name, json);
            case "exclude_modules" -> excluded = isNull(json) ? module -> false : modules(name, json);
            case "layers_to_transform" -> layers(name, json);
            case "layers_pattern" -> layersPattern(name, json);
            case "rank_pattern" -> exceptions(name, json, ranks, value -> (double) rank(name, value));
            case "alpha_pattern" -> exceptions(name, json, alphas, value -> alpha(name, value));
            case "init_lora_weights" -> beginning(name, json);
            default -> {
                if (OF_NO_MATTER.contains(name)) {
                    json.skipChildren();
                } else {
                    JsonValues.mustBeOff(name, json);
                }
            }
        }
    }

    private static boolean isNull(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    private static int rank(String name, JsonParser json) throws IOException {
        return JsonValues.whole(name, json, 1, MOST_RANK);
    }

    private static double alpha(String name, JsonParser json) throws IOException {
        return JsonValues.number(name, json, LEAST_ALPHA, MOST_ALPHA);
    }

    private static void bias(String name, JsonParser json) throws IOException {
        if (!JsonValues.text(name, json).equals("none")) {
            throw new MalformedPeftException(name, json.getText(), "not supported: must be none");
        }
    }

    /** A list of names, or a regular expression. */
    private Predicate<String> modules(String name, JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.START_ARRAY) {
            return ModulePatterns.listed(
                    Set.copyOf(JsonValues.oneOrMore(json, element -> JsonValues.text(name, element))));
        }
        String expression = JsonValues.text(name, json);
        return expression.equals("all-linear") ? module -> true : patterns.whole(name, expression);
    }

    private void layers(String name, JsonParser json) throws IOException {
        if (!isNull(json)) {
            layers = JsonValues.oneOrMore(json, element -> JsonValues.whole(name, element, 0, MOST_LAYERS));
        }
    }

    /** What the list of layers is called in the base. */
    private static void layersPattern(String name, JsonParser json) throws IOException {
        if (!isNull(json)) {
            List<String> names = JsonValues.oneOrMore(json, element -> JsonValues.text(name, element));
            if (!Set.of("layers", "").containsAll(names)) {
                throw new MalformedPeftException(name, names, "not supported: a Llama's is layers");
            }
        }
    }

    private void exceptions(String name, JsonParser json, List<Exceptional> into, JsonValues.Element<Double> value)
            throws IOException {
        if (isNull(json)) {
            return;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new MalformedPeftException(name, json.getText(), "must be a table from modules to numbers");
        }
        StrictJson.fields(
                json, (key, number) -> into.add(new Exceptional(patterns.key(name, key), value.read(number))));
    }

    private static void beginning(String name, JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            if (!PLAIN_BEGINNINGS.contains(json.getText())) {
                throw new MalformedPeftException(
                        name, json.getText(), "changes the base's weights: let PEFT convert the adapter to plain LoRA");
            }
        } else if (!isNull(json)) {
            JsonValues.flag(name, json);
        }
    }
}
