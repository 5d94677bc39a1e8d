package dev.graft.model.adapter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The {@code adapter_config.json} of an adapter that did not come from PEFT: what llama.cpp computes of it, said in PEFT's words. */
final class PlainConfig {
    private final AdapterFile adapter;
    private final int layers;
    private final int rank;

    private PlainConfig(AdapterFile adapter, int layers) {
        this.adapter = adapter;
        this.layers = layers;
        this.rank = adapter.pairs().getFirst().rank();
    }

    /** @param layers of the base */
    static String text(AdapterFile adapter, int layers) throws IOException {
        return new PlainConfig(adapter, layers).text();
    }

    private String text() throws IOException {
        var text = new StringWriter();
        try (JsonGenerator json =
                new JsonFactory().createGenerator(text).setPrettyPrinter(new DefaultPrettyPrinter())) {
            json.writeStartObject();
            json.writeStringField("peft_type", "LORA");
            json.writeStringField("task_type", "CAUSAL_LM");
            json.writeNullField("base_model_name_or_path");
            json.writeBooleanField("inference_mode", true);
            json.writeNumberField("r", rank);
            json.writeFieldName("lora_alpha");
            number(json, adapter.alpha() == 0 ? rank : adapter.alpha());
            table(json, "rank_pattern", exceptionalRanks());
            // llama.cpp's alpha of 0 is a scale of 1, and so is an alpha of a module's own rank.
            table(json, "alpha_pattern", adapter.alpha() == 0 ? exceptionalRanks() : Map.of());
            json.writeFieldName("target_modules");
            texts(json, modules());
            json.writeStringField("bias", "none");
            json.writeNumberField("lora_dropout", 0.0);
            json.writeBooleanField("fan_in_fan_out", false);
            json.writeBooleanField("use_rslora", false);
            json.writeBooleanField("use_dora", false);
            json.writeNullField("modules_to_save");
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private Map<String, Integer> exceptionalRanks() {
        Map<String, Integer> ranks = new TreeMap<>();
        for (AdapterPair pair : adapter.pairs()) {
            if (pair.rank() != rank) {
                ranks.put(pair.target().module(pair.layer()), pair.rank());
            }
        }
        return ranks;
    }

    /** Short names where each target is changed in every layer, else the full name of each module. */
    private List<String> modules() {
        if (adapter.pairs().size() == layers * adapter.targets().size()) {
            return adapter.targets().stream().map(Target::shortName).toList();
        }
        return adapter.pairs().stream()
                .map(pair -> pair.target().module(pair.layer()))
                .toList();
    }

    private static void number(JsonGenerator json, float value) throws IOException {
        if (value == (int) value) {
            json.writeNumber((int) value);
        } else {
            json.writeNumber(value);
        }
    }

    private static void table(JsonGenerator json, String name, Map<String, Integer> entries) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Integer> entry : entries.entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, List<String> texts) throws IOException {
        json.writeStartArray();
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
