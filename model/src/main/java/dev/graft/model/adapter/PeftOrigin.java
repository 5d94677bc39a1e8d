package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufNumbers;
import dev.graft.model.gguf.GgufStrings;
import dev.graft.model.gguf.GgufValue;
import dev.graft.model.gguf.GgufWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an imported GGUF file remembers of the PEFT folder it was made from, in metadata that llama.cpp passes over.
 *
 * @param config the text of {@code adapter_config.json}
 * @param header the JSON at the head of {@code adapter_model.safetensors}
 * @param sha256 of that file, in hexadecimal
 * @param folded weights, by llama.cpp's name, whose B was multiplied by a factor
 */
record PeftOrigin(String config, String header, String sha256, Map<String, Folding> folded) {
    static final String RESIDUES = "graft.peft.residues";
    private static final String CONFIG = "graft.peft.config";
    static final String HEADER = "graft.peft.weights_header";
    static final String SHA256 = "graft.peft.weights_sha256";
    private static final String FOLDED = "graft.peft.folded";
    private static final String FACTORS = "graft.peft.factors";
    static final Folding NONE = new Folding(1, "");

    /**
     * @param factor what B was multiplied by
     * @param residue see {@link FoldedWeights#residue}
     */
    record Folding(float factor, String residue) {}

    PeftOrigin {
        folded = Collections.unmodifiableMap(new LinkedHashMap<>(folded));
    }

    /** How this weight's B was folded; by 1 if it was not. */
    Folding folding(String weight) {
        return folded.getOrDefault(weight, NONE);
    }

    void putInto(GgufWriter writer) {
        writer.put(CONFIG, config).put(HEADER, header).put(SHA256, sha256);
        if (folded.isEmpty()) {
            return;
        }
        float[] factors = new float[folded.size()];
        int next = 0;
        for (Folding folding : folded.values()) {
            factors[next++] = folding.factor();
        }
        List<String> residues = folded.values().stream().map(Folding::residue).toList();
        writer.put(FOLDED, new GgufValue.Texts(GgufStrings.of(List.copyOf(folded.keySet()))))
                .put(FACTORS, new GgufValue.Numbers(GgufNumbers.of(factors)))
                .put(RESIDUES, new GgufValue.Texts(GgufStrings.of(residues)));
    }

    /** Empty where the file was not imported from PEFT. */
    static Optional<PeftOrigin> of(GgufFile file) {
        return file.text(CONFIG)
                .map(config -> new PeftOrigin(config, there(file, HEADER), there(file, SHA256), foldings(file)));
    }

    private static String there(GgufFile file, String key) {
        return file.text(key)
                .orElseThrow(
                        () -> new MalformedPeftException(key, "nothing", "must be there, since " + CONFIG + " is"));
    }

    private static Map<String, Folding> foldings(GgufFile file) {
        Map<String, Folding> foldings = new LinkedHashMap<>();
        GgufStrings weights = file.texts(FOLDED).orElse(GgufStrings.of(List.of()));
        GgufNumbers factors = file.numbers(FACTORS).orElse(GgufNumbers.of(new float[0]));
        GgufStrings residues = file.texts(RESIDUES).orElse(GgufStrings.of(List.of()));
        if (factors.size() != weights.size() || residues.size() != weights.size()) {
            throw new MalformedPeftException(
                    FACTORS, factors.size(), "must be as many as " + FOLDED + " and " + RESIDUES);
        }
        for (int i = 0; i < weights.size(); i++) {
            foldings.put(weights.get(i), new Folding((float) factors.fraction(i), residues.get(i)));
        }
        return foldings;
    }
}
