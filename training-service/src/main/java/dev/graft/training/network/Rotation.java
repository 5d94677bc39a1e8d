package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.gguf.GgufFile;

/**
 * Cosine and sine of each position and pair, as llama.cpp turns this model's queries and keys ({@code llama-context.cpp}; {@code rope_yarn} in ggml's
 * {@code ops.cpp}). Pair i of a head of n elements turns by {@code position · f}:
 *
 * <pre>
 * e = base^(-2i/n) / factor_i                 factor_i: Llama-3's, stored in the file; else 1
 * f = e                                       without scaling
 * f = e / s                                   linear
 * f = (1 - r) e / s + r e                     YaRN (Peng et al. 2023, arXiv:2309.00071): pairs that turn often keep their speed
 * r = 1 - clamp((i - low) / (high - low)),    low and high: the pairs that turn 32 times and once over the original context
 * </pre>
 *
 * Cosine and sine are multiplied by the file's attention factor, and with YaRN by 1 + 0.1 ln s.
 */
final class Rotation {
    private static final String SCALING = "llama.rope.scaling.";
    private static final String TYPE = SCALING + "type";
    private static final String FACTOR = SCALING + "factor";
    private static final String OLD_FACTOR = "llama.rope.scale_linear";
    private static final String ATTENTION = SCALING + "attn_factor";
    private static final String ORIGINAL_CONTEXT = SCALING + "original_context_length";
    /** Turns over the original context above which a pair keeps its speed, and below which it is slowed by all of s: llama.cpp's. */
    private static final double FAST = 32;

    private static final double SLOW = 1;
    private static final double SHORTEST_RAMP = 0.001;

    private final double base;
    private final int headWidth;
    private final float[] factors;
    private final double slowed;
    private final double magnitude;
    private final boolean yarn;
    private final double low;
    private final double high;

    /**
     * @param context tokens that the model was trained to look back on
     * @param factors what each pair's frequency is divided by (Llama-3's {@code rope_freqs}); empty: nothing
     * @throws FaultException where positions are scaled in a way that is not known here
     */
    Rotation(GgufFile file, double base, int headWidth, int context, float[] factors) {
        this.base = base;
        this.headWidth = headWidth;
        this.factors = factors;
        // llama.cpp takes a file that names a factor and no type for linear.
        String type = file.text(TYPE).orElse("linear");
        double stretch = stretch(file);
        yarn = type.equals("yarn");
        slowed = switch (type) {
            case "none" -> 1;
            case "linear", "yarn" -> 1 / stretch;
            default ->
                throw new FaultException(Fault.input(
                        "unsupported_model",
                        TYPE,
                        type,
                        "models with no scaling of positions, linear, Llama-3's or YaRN are trained"));
        };
        magnitude = positive(file, ATTENTION, 1) * (yarn ? Math.max(1, 1 + 0.1 * Math.log(stretch)) : 1);
        double original = file.whole(ORIGINAL_CONTEXT).orElse((long) context);
        low = Math.max(0, Math.floor(pairThatTurns(FAST, original)));
        high = Math.min(headWidth - 1, Math.ceil(pairThatTurns(SLOW, original)));
    }

    private static double stretch(GgufFile file) {
        double stretch =
                file.fraction(FACTOR).or(() -> file.fraction(OLD_FACTOR)).orElse(1.0);
        return stretch == 0 ? 1 : checked(FACTOR, stretch);
    }

    private static double positive(GgufFile file, String key, double usual) {
        return checked(key, file.fraction(key).orElse(usual));
    }

    private static double checked(String key, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new FaultException(Fault.input("unsupported_model", key, value, "must be a number above 0"));
        }
        return value;
    }

    /** Which pair turns so often over so many positions; between two, as a fraction. */
    private double pairThatTurns(double times, double positions) {
        return headWidth * Math.log(positions / (times * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private double frequency(int pair) {
        double own = Math.pow(base, -2.0 * pair / headWidth) / (factors.length > 0 ? factors[pair] : 1);
        if (!yarn) {
            return slowed * own;
        }
        double along = (pair - low) / Math.max(SHORTEST_RAMP, high - low);
        double keeps = 1 - Math.clamp(along, 0, 1);
        return slowed * own * (1 - keeps) + own * keeps;
    }

    /** {@code [positions][headWidth]}: cosine and sine of each pair, one after the other. */
    float[] table(int positions) {
        float[] table = new float[positions * headWidth];
        for (int pair = 0; pair < headWidth / 2; pair++) {
            double frequency = frequency(pair);
            for (int position = 0; position < positions; position++) {
                table[position * headWidth + 2 * pair] = (float) (magnitude * Math.cos(position * frequency));
                table[position * headWidth + 2 * pair + 1] = (float) (magnitude * Math.sin(position * frequency));
            }
        }
        return table;
    }
}
