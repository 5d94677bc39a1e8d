package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.gguf.GgufFile;

/** Cosine and sine of each position and pair, as llama.cpp turns this model's queries and keys. */
final class Rotation {
    private static final String SCALING = "llama.rope.scaling.type";
    private static final String FACTOR = "llama.rope.scaling.factor";

    private final double base;
    private final int headWidth;
    private final double scale;
    private final float[] factors;

    /**
     * @param factors what each pair's frequency is divided by (Llama-3's {@code rope_freqs}); empty: nothing
     */
    Rotation(GgufFile file, double base, int headWidth, float[] factors) {
        this.base = base;
        this.headWidth = headWidth;
        this.factors = factors;
        String scaling = file.text(SCALING).orElse("none");
        this.scale = switch (scaling) {
            case "none" -> 1;
            case "linear" -> 1 / file.fraction(FACTOR).orElse(1.0);
            default ->
                throw new FaultException(Fault.input(
                        "unsupported_model",
                        SCALING,
                        scaling,
                        "models with no scaling of positions, or linear, are trained"));
        };
    }

    /** {@code [positions][headWidth]}: cosine and sine of each pair, one after the other. */
    float[] table(int positions) {
        float[] table = new float[positions * headWidth];
        for (int pair = 0; pair < headWidth / 2; pair++) {
            double frequency =
                    scale * Math.pow(base, -2.0 * pair / headWidth) / (factors.length > 0 ? factors[pair] : 1);
            for (int position = 0; position < positions; position++) {
                table[position * headWidth + 2 * pair] = (float) Math.cos(position * frequency);
                table[position * headWidth + 2 * pair + 1] = (float) Math.sin(position * frequency);
            }
        }
        return table;
    }
}
