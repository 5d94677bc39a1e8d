package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.TinyLlama;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Adapters of {@link TinyLlama} of a few kilobytes, in either form, for tests that change them. */
final class TinyAdapter {
    static final int MOST_RANK = 64;
    static final LlamaModelFile BASE = LlamaModelFile.check(GgufFile.read(TinyLlama.bytes()));
    static final String CONFIG = """
            {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 3, "use_rslora": true, "bias": "none",
             "target_modules": ["q_proj", "v_proj"], "rank_pattern": {"v_proj": 4}, "alpha_pattern": {"(k|v)_proj": 5.5},
             "lora_dropout": 0.05, "init_lora_weights": true, "modules_to_save": null, "use_dora": false, "revision": null}
            """;

    static final String HEADER = header();
    static final byte[] DATA = weights(GgufType.F32, 2 * 32 + 32 * 2 + 4 * 32 + 16 * 4, 5);

    private TinyAdapter() {}

    static GgufWriter gguf() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.type", "adapter")
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", 16f);
    }

    static GgufWriter withPair(GgufWriter writer, Target target, int rank, GgufType type) {
        String weight = target.tensor(0);
        tensor(writer, weight + ".lora_a", type, target.inputs(BASE), rank);
        return tensor(writer, weight + ".lora_b", type, rank, target.outputs(BASE));
    }

    static GgufWriter tensor(GgufWriter writer, String name, GgufType type, long... lengths) {
        List<Long> shape = java.util.Arrays.stream(lengths).boxed().toList();
        long elements = shape.stream().reduce(1L, (a, b) -> a * b);
        byte[] data = weights(type, (int) (elements / type.blockElements()), name.hashCode());
        return writer.tensor(name, shape, type, out -> out.write(data));
    }

    /** Numbers from a bell curve, always the same for a seed. */
    static byte[] weights(GgufType type, int count, long seed) {
        var random = new Random(seed);
        byte[] data = new byte[count * type.blockBytes()];
        if (type == GgufType.F32 || type == GgufType.F16 || type == GgufType.BF16) {
            for (int i = 0; i < count; i++) {
                Floats.put(type, data, i, Floats.narrowed(type, (float) random.nextGaussian()));
            }
        }
        return data;
    }

    static byte[] bytes(GgufWriter writer) {
        var out = new ByteArrayOutputStream();
        try {
            writer.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    static AdapterFile check(byte[] file) {
        try {
            return AdapterFile.check(GgufFile.read(file), ByteSource.of(file), BASE, MOST_RANK);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A safetensors file that fits {@link #CONFIG}. */
    static byte[] safetensors() {
        return safetensors(HEADER, DATA);
    }

    private static String header() {
        String[] names = {"q_proj.lora_A", "q_proj.lora_B", "v_proj.lora_A", "v_proj.lora_B"};
        int[][] shapes = {{2, 32}, {32, 2}, {4, 32}, {16, 4}};
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        int at = 0;
        for (int i = 0; i < names.length; i++) {
            int end = at + shapes[i][0] * shapes[i][1] * Float.BYTES;
            header.append(",\"base_model.model.model.layers.0.self_attn.%s.weight\":".formatted(names[i]))
                    .append("{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                            .formatted(shapes[i][0], shapes[i][1], at, end));
            at = end;
        }
        return header.append("} ").toString();
    }

    static byte[] safetensors(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < Long.BYTES; i++) {
            out.write((int) ((long) text.length >>> (8 * i)));
        }
        out.writeBytes(text);
        out.writeBytes(data);
        return out.toByteArray();
    }

    static byte[] imported(String config, byte[] safetensors) {
        try {
            PeftAdapter adapter =
                    PeftAdapter.read(PeftConfigReader.read(config), ByteSource.of(safetensors), BASE, MOST_RANK);
            return bytes(PeftImport.gguf(adapter, BASE));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
