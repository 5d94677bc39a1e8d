package dev.graft.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where things lie and what the figures were measured on. */
public record Machine(Path home, Path root) {
    /** Threads, slots and KV cells of both servers. */
    public static final int THREADS = 2;

    public static final int SLOTS = 8;
    static final int CONTEXT_TOKENS = 16384;
    private static final double MB = 1 << 20;
    // SmolLM2-135M, the one model that this benchmark is defined for.
    private static final int LAYERS = 30;
    private static final int KV_HEADS = 3;
    private static final int HEAD_LENGTH = 64;

    /** {@code GRAFT_HOME} and the clone, as the launcher names them. */
    public static Machine current() {
        Map<String, String> variables = System.getenv();
        String home = System.getProperty("graft.home", variables.getOrDefault("GRAFT_HOME", ""));
        return new Machine(
                home.isBlank() ? Path.of(System.getProperty("user.home"), ".graft") : Path.of(home), findRoot());
    }

    private static Path findRoot() {
        for (Path at = Path.of(System.getProperty("graft.root", "")).toAbsolutePath(); ; ) {
            if (Files.isRegularFile(at.resolve("launcher/fetch.sh"))) {
                return at;
            }
            Path above = at.getParent();
            if (above == null) {
                throw new IllegalStateException("not inside a clone of Graft: run it from there, or set -Dgraft.root");
            }
            at = above;
        }
    }

    public Path model() {
        return home.resolve("models/SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    /** Megabytes (2^20) of the model's file. */
    public double modelMb() throws IOException {
        return Files.size(model()) / MB;
    }

    /** Megabytes (2^20) of the KV cache: K and V, in half precision, of each layer and KV head, for each cell. */
    public double kvCacheMb() {
        return 2.0 * 2 * LAYERS * KV_HEADS * HEAD_LENGTH * CONTEXT_TOKENS / MB;
    }

    Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    Path log(String name) throws IOException {
        return Files.createDirectories(home.resolve("logs")).resolve("bench-" + name + ".log");
    }

    /** The processor as the kernel names it, with its family and model where the name says little. */
    public static String cpu() throws IOException {
        String info = Files.readString(Path.of("/proc/cpuinfo"));
        return "%s (family %s, model %s)"
                .formatted(field(info, "model name"), field(info, "cpu family"), field(info, "model"));
    }

    private static String field(String info, String name) {
        return info.lines()
                .filter(line -> line.split(":", 2)[0].strip().equals(name))
                .map(line -> line.split(":", 2)[1].strip())
                .findFirst()
                .orElse("unknown");
    }

    /** The commit that is checked out, marked where files differ from it. */
    public String commit() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
                .directory(root.toFile())
                .start();
        String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? commit : "unknown";
    }
}
