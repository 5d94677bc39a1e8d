package dev.graft.model;

import java.nio.file.Path;

/** Where the build fetched what the tests compare with. */
public final class Fetched {
    private static final Path HOME =
            Path.of(System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"));

    private Fetched() {}

    public static Path smolLm() {
        return HOME.resolve("models/SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    /** llama.cpp's folder {@code models}: vocabularies and chat templates. */
    public static Path llamaModels() {
        return HOME.resolve("cache/llama-0.5.0/source/models");
    }
}
