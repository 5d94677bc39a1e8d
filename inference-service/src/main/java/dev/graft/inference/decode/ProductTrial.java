package dev.graft.inference.decode;

import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries which kernel multiplies faster on this machine, on the model itself: a prompt and steps of eight answers with each. */
final class ProductTrial {
    private static final Logger LOG = LoggerFactory.getLogger(ProductTrial.class);

    /** Loading a larger model twice would take longer than a service may need to start. */
    private static final long LARGEST_BYTES = 1L << 30;

    private static final int PROMPT = 64;
    private static final int ANSWERS = 8;
    private static final int ROUNDS = 4;

    private final LlamaLibrary library;
    private final Path file;
    private final int threads;

    ProductTrial(LlamaLibrary library, Path file, int threads) {
        this.library = library;
        this.file = file;
        this.threads = threads;
    }

    Products faster() {
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                LOG.info("{} is too large to try kernels on it: ggml multiplies; graft.llama.products chooses", file);
                return Products.GGML;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model file " + file, e);
        }
        double packedMs = ms(Products.PACKED);
        double ggmlMs = ms(Products.GGML);
        LOG.info("a prompt and eight answers take {} ms with Graft's products, {} ms with ggml's", packedMs, ggmlMs);
        return packedMs < ggmlMs ? Products.PACKED : Products.GGML;
    }

    /** A prompt of {@value #PROMPT} tokens and as many steps of {@value #ANSWERS} answers, by the fastest of each. */
    double ms(Products products) {
        try (LlamaModel model = LlamaModel.open(library, file, 0, products);
                LlamaContext context = LlamaContext.open(
                        model,
                        new ContextOptions(
                                2 * PROMPT, PROMPT, ANSWERS, threads, Attention.RAGGED.onThisProcessor(), false));
                LlamaBatch batch = new LlamaBatch(PROMPT, 1)) {
            long prompt = Long.MAX_VALUE;
            long step = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                for (int sequence = 0; sequence < ANSWERS; sequence++) {
                    context.release(sequence);
                }
                batch.clear();
                for (int i = 0; i < PROMPT; i++) {
                    batch.add(i, i / ANSWERS, i % ANSWERS, i >= PROMPT - ANSWERS);
                }
                prompt = Math.min(prompt, nanos(context, batch));
                batch.clear();
                for (int sequence = 0; sequence < ANSWERS; sequence++) {
                    batch.add(sequence, PROMPT / ANSWERS, sequence, true);
                }
                step = Math.min(step, nanos(context, batch));
            }
            return (prompt + PROMPT * (double) step) / 1e6;
        }
    }

    private static long nanos(LlamaContext context, LlamaBatch batch) {
        long begin = System.nanoTime();
        context.decode(batch);
        return System.nanoTime() - begin;
    }
}
