package dev.graft.model.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A whole Llama model of a few kilobytes, for tests that change it. */
public final class TinyLlama {
    private TinyLlama() {}

    public static byte[] bytes() {
        var out = new ByteArrayOutputStream();
        try {
            writer().writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static GgufWriter writer() {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(List.of("▁", "a", "b", "ab", "▁ab"));
        int[] types = new int[tokens.size()];
        float[] scores = new float[tokens.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1;
            scores[i] = -i;
        }
        var writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.name", "tiny")
                .put("llama.block_count", 1)
                .put("llama.context_length", 64)
                .put("llama.embedding_length", 32)
                .put("llama.feed_forward_length", 32)
                .put("llama.attention.head_count", 2)
                .put("llama.attention.head_count_kv", 1)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", new GgufValue.Texts(GgufStrings.of(tokens)))
                .put("tokenizer.ggml.scores", new GgufValue.Numbers(GgufNumbers.of(scores)))
                .put("tokenizer.ggml.token_type", new GgufValue.Numbers(GgufNumbers.of(types)))
                .put("tokenizer.ggml.bos_token_id", 1)
                .put("tokenizer.ggml.add_bos_token", true)
                .put("tokenizer.chat_template", "{% for m in messages %}{{ m.role + ': ' + m.content }}{% endfor %}");
        tensor(writer, "token_embd.weight", 32L, tokens.size());
        tensor(writer, "output_norm.weight", 32L);
        for (String norm : List.of("attn_norm", "ffn_norm")) {
            tensor(writer, "blk.0." + norm + ".weight", 32L);
        }
        for (String square : List.of("attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down")) {
            tensor(writer, "blk.0." + square + ".weight", 32L, 32L);
        }
        tensor(writer, "blk.0.attn_k.weight", 32L, 16L);
        tensor(writer, "blk.0.attn_v.weight", 32L, 16L);
        return writer;
    }

    private static void tensor(GgufWriter writer, String name, long... lengths) {
        List<Long> shape = java.util.Arrays.stream(lengths).boxed().toList();
        boolean vector = lengths.length == 1;
        GgufType type = vector ? GgufType.F32 : GgufType.Q4_0;
        long elements = shape.stream().reduce(1L, (a, b) -> a * b);
        byte[] data = new byte[(int) (elements / type.blockElements() * type.blockBytes())];
        writer.tensor(name, shape, type, out -> out.write(data));
    }
}
