package dev.graft.training.dataset;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The real model's vocabulary and chat template. */
final class SmolLm {
    static final GgufFile FILE = read();
    static final Tokenizer TOKENIZER = Tokenizer.of(FILE);

    static ModelTokens tokens(int most) {
        return new ModelTokens(FILE, most);
    }

    static String text(int[] tokens) {
        return TOKENIZER.decode(tokens, true);
    }

    private static GgufFile read() {
        Path model = Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
        try (FileChannel channel = FileChannel.open(model)) {
            return GgufFile.read(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SmolLm() {}
}
