package dev.graft.model;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.MalformedGgufException;
import dev.graft.model.gguf.TensorInfo;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Holds a header against what llama.cpp needs of a Llama model ({@code llama-model.cpp}: {@code load_hparams}, {@code load_tensors}). */
final class LlamaCheck {
    private static final String ARCHITECTURE = "general.architecture";
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String ROPE_SCALING = "llama.rope.scaling.type";
    private static final List<String> ROPE_SCALINGS = List.of("none", "linear", "yarn", "longrope");
    private static final String ROPE_FACTORS = "rope_freqs.weight";
    private static final int MOST_LAYERS = 512; // LLAMA_MAX_LAYERS
    private static final int WIDEST = 1 << 20;
    private static final int LONGEST_CONTEXT = 1 << 30;
    private static final double USUAL_ROPE_BASE = 10_000;

    private final GgufFile file;

    LlamaCheck(GgufFile file) {
        this.file = file;
    }

    LlamaModelFile facts() {
        architecture();
        int layers = required("llama.block_count", MOST_LAYERS);
        int width = required("llama.embedding_length", WIDEST);
        int heads = required("llama.attention.head_count", WIDEST);
        int kvHeads = optional("llama.attention.head_count_kv", heads, heads);
        int headWidth = headWidth(width, heads, kvHeads);
        int feedForward = required("llama.feed_forward_length", WIDEST);
        int context = required("llama.context_length", LONGEST_CONTEXT);
        double ropeBase = positive("llama.rope.freq_base", USUAL_ROPE_BASE);
        int vocabulary = vocabulary();
        normalisation();
        tensors(layers, width, heads * headWidth, kvHeads * headWidth, feedForward, vocabulary);
        biases(layers, width, heads * headWidth, kvHeads * headWidth, feedForward);
        rotation(headWidth);
        return new LlamaModelFile(
                name(),
                layers,
                width,
                heads,
                kvHeads,
                headWidth,
                feedForward,
                vocabulary,
                context,
                ropeBase,
                quantisation(),
                file.tensors().stream().mapToLong(TensorInfo::elements).sum(),
                file.fileBytes());
    }

    private void architecture() {
        String architecture = file.text(ARCHITECTURE)
                .orElseThrow(
                        () -> new MalformedGgufException(ARCHITECTURE, "nothing", "a model names its architecture"));
        if (!architecture.equals("llama")) {
            throw new MalformedGgufException(
                    ARCHITECTURE, architecture, "only models of the architecture llama are served");
        }
        if (file.whole("llama.expert_count").orElse(0L) > 0) {
            throw new MalformedGgufException(
                    "llama.expert_count",
                    file.whole("llama.expert_count").orElse(0L),
                    "mixtures of experts are not served: take a dense model");
        }
    }

    private String name() {
        return file.text("general.name")
                .orElseGet(() -> file.text("general.basename").orElse("llama"));
    }

    private int headWidth(int width, int heads, int kvHeads) {
        if (heads % kvHeads != 0) {
            throw new MalformedGgufException(
                    "llama.attention.head_count_kv", kvHeads, "must divide the " + heads + " query heads");
        }
        if (file.whole("llama.attention.key_length").isEmpty() && width % heads != 0) {
            throw new MalformedGgufException(
                    "llama.attention.head_count", heads, "must divide the embedding length, " + width);
        }
        int headWidth = optional("llama.attention.key_length", Math.max(1, width / heads), WIDEST / heads);
        if (optional("llama.attention.value_length", headWidth, WIDEST) != headWidth) {
            throw new MalformedGgufException(
                    "llama.attention.value_length",
                    file.whole("llama.attention.value_length").orElse(0L),
                    "must equal the length of a key, " + headWidth);
        }
        int rotated = optional("llama.rope.dimension_count", headWidth, WIDEST);
        if (rotated != headWidth || rotated % 2 != 0) {
            throw new MalformedGgufException(
                    "llama.rope.dimension_count", rotated, "must be the even length of a head, " + headWidth);
        }
        return headWidth;
    }

    private int vocabulary() {
        int tokens = file.texts(TOKENS)
                .orElseThrow(() -> new MalformedGgufException(TOKENS, "nothing", "a model needs a vocabulary"))
                .size();
        if (tokens == 0) {
            throw new MalformedGgufException(TOKENS, "no tokens", "a vocabulary has tokens");
        }
        long said = file.whole("llama.vocab_size").orElse((long) tokens);
        if (said != tokens) {
            throw new MalformedGgufException("llama.vocab_size", said, "must be the number of tokens, " + tokens);
        }
        return tokens;
    }

    private void normalisation() {
        String key = "llama.attention.layer_norm_rms_epsilon";
        if (file.fraction(key).isEmpty()) {
            throw new MalformedGgufException(key, "nothing", "a Llama model needs it, such as 1e-5");
        }
        positive(key, 0);
    }

    private void tensors(int layers, int width, int queries, int keys, int feedForward, int vocabulary) {
        shape("token_embd.weight", width, vocabulary);
        shape("output_norm.weight", width);
        if (file.tensor("output.weight").isPresent()) {
            shape("output.weight", width, vocabulary);
        }
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            shape(block + "attn_norm.weight", width);
            shape(block + "attn_q.weight", width, queries);
            shape(block + "attn_k.weight", width, keys);
            shape(block + "attn_v.weight", width, keys);
            shape(block + "attn_output.weight", queries, width);
            shape(block + "ffn_norm.weight", width);
            shape(block + "ffn_gate.weight", width, feedForward);
            shape(block + "ffn_up.weight", width, feedForward);
            shape(block + "ffn_down.weight", feedForward, width);
        }
    }

    /** llama.cpp loads them where they are there. */
    private void biases(int layers, int width, int queries, int keys, int feedForward) {
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            shapeIfThere(block + "attn_q.bias", queries);
            shapeIfThere(block + "attn_k.bias", keys);
            shapeIfThere(block + "attn_v.bias", keys);
            shapeIfThere(block + "attn_output.bias", width);
            shapeIfThere(block + "ffn_gate.bias", feedForward);
            shapeIfThere(block + "ffn_up.bias", feedForward);
            shapeIfThere(block + "ffn_down.bias", width);
        }
    }

    /** llama.cpp ends the process where it knows no such scaling of positions, or can't read its factors. */
    private void rotation(int headWidth) {
        String scaling = file.text(ROPE_SCALING).orElse("none");
        if (!ROPE_SCALINGS.contains(scaling)) {
            throw new MalformedGgufException(ROPE_SCALING, scaling, "must be one of " + ROPE_SCALINGS);
        }
        shapeIfThere(ROPE_FACTORS, headWidth / 2);
        file.tensor(ROPE_FACTORS)
                .map(TensorInfo::type)
                .filter(type -> type != GgufType.F32)
                .ifPresent(type -> {
                    throw new MalformedGgufException(ROPE_FACTORS + ".type", type, "must be F32");
                });
    }

    private void shapeIfThere(String name, long... lengths) {
        if (file.tensor(name).isPresent()) {
            shape(name, lengths);
        }
    }

    private void shape(String name, long... lengths) {
        List<Long> right = Arrays.stream(lengths).boxed().toList();
        TensorInfo tensor = file.tensor(name)
                .orElseThrow(
                        () -> new MalformedGgufException(name, "nothing", "must be there with the shape " + right));
        if (!tensor.shape().equals(right)) {
            throw new MalformedGgufException(name + ".shape", tensor.shape(), "must be " + right);
        }
    }

    private int required(String key, int most) {
        long value =
                file.whole(key).orElseThrow(() -> new MalformedGgufException(key, "nothing", "a Llama model needs it"));
        return inRange(key, value, most);
    }

    private int optional(String key, int usual, int most) {
        return inRange(key, file.whole(key).orElse((long) usual), most);
    }

    private static int inRange(String key, long value, int most) {
        if (value < 1 || value > most) {
            throw new MalformedGgufException(key, value, "must be from 1 to " + most);
        }
        return (int) value;
    }

    private double positive(String key, double usual) {
        double value = file.fraction(key).orElse(usual);
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new MalformedGgufException(key, value, "must be a number above 0");
        }
        return value;
    }

    /** The type that most of the weights have: the label in the file's metadata is only a number that nobody checks. */
    private String quantisation() {
        Map<GgufType, Long> weights = new EnumMap<>(GgufType.class);
        for (TensorInfo tensor : file.tensors()) {
            weights.merge(tensor.type(), tensor.elements(), Long::sum);
        }
        return weights.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> most.getKey().name())
                .orElse("none");
    }
}
