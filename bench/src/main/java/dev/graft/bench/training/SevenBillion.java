package dev.graft.bench.training;

import dev.graft.bench.server.Machine;
import dev.graft.model.gguf.GgufStrings;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufValue;
import dev.graft.model.gguf.GgufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A file of Llama-2-7B's exact shape with random weights in Q4_0: 3.6 GB, written once. */
final class SevenBillion {
    private static final int LAYERS = 32;
    private static final int WIDTH = 4096;
    private static final int HEADS = 32;
    private static final int FEED_FORWARD = 11_008;
    private static final int VOCABULARY = 32_000;
    private static final int CONTEXT = 4096;
    private static final float EPSILON = 1e-5f;
    /** 1/256 in half precision, the lower byte first: weights of about 1/√4096. */
    private static final byte[] SCALE = {0x00, 0x1c};

    static Path file(Machine machine) throws IOException {
        Path file =
                Files.createDirectories(machine.home().resolve("cache/bench")).resolve("llama-2-7b-random.Q4_0.gguf");
        if (!Files.exists(file)) {
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            try (OutputStream out = Files.newOutputStream(partial)) {
                writer().writeTo(out);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    private static GgufWriter writer() {
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.name", "Llama-2-7B's shape, random weights")
                .put("llama.block_count", LAYERS)
                .put("llama.context_length", CONTEXT)
                .put("llama.embedding_length", WIDTH)
                .put("llama.feed_forward_length", FEED_FORWARD)
                .put("llama.attention.head_count", HEADS)
                .put("llama.attention.layer_norm_rms_epsilon", EPSILON)
                .put("tokenizer.ggml.model", "llama")
                .put(
                        "tokenizer.ggml.tokens",
                        new GgufValue.Texts(GgufStrings.of(IntStream.range(0, VOCABULARY)
                                .mapToObj(token -> "token" + token)
                                .toList())));
        quantized(writer, "token_embd", WIDTH, VOCABULARY);
        quantized(writer, "output", WIDTH, VOCABULARY);
        ones(writer, "output_norm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String block = "blk." + layer + ".";
            ones(writer, block + "attn_norm");
            ones(writer, block + "ffn_norm");
            for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
                quantized(writer, block + name, WIDTH, WIDTH);
            }
            quantized(writer, block + "ffn_gate", WIDTH, FEED_FORWARD);
            quantized(writer, block + "ffn_up", WIDTH, FEED_FORWARD);
            quantized(writer, block + "ffn_down", FEED_FORWARD, WIDTH);
        }
        return writer;
    }

    private static void ones(GgufWriter writer, String name) {
        writer.tensor(name + ".weight", List.of((long) WIDTH), GgufType.F32, out -> {
            byte[] one = {0, 0, (byte) 0x80, 0x3f};
            for (int i = 0; i < WIDTH; i++) {
                out.write(one);
            }
        });
    }

    private static void quantized(GgufWriter writer, String name, int inputs, int outputs) {
        writer.tensor(name + ".weight", List.of((long) inputs, (long) outputs), GgufType.Q4_0, out -> {
            SplittableRandom random = new SplittableRandom(name.hashCode());
            int blocks = inputs / GgufType.Q4_0.blockElements();
            byte[] row = new byte[blocks * GgufType.Q4_0.blockBytes()];
            for (int output = 0; output < outputs; output++) {
                random.nextBytes(row);
                for (int at = 0; at < row.length; at += GgufType.Q4_0.blockBytes()) {
                    System.arraycopy(SCALE, 0, row, at, SCALE.length);
                }
                out.write(row);
            }
        });
    }

    private SevenBillion() {}
}
