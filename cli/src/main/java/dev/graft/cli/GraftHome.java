package dev.graft.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The one folder that Graft writes to: {@code GRAFT_HOME}, {@code ~/.graft} by default.
 *
 * @param folder its absolute path
 * @param adapters where adapters' files lie, each under its SHA-256: below it, unless the services are told another place
 */
public record GraftHome(Path folder, Path adapters) {
    public static final String MODEL_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf";

    public GraftHome {
        folder = folder.toAbsolutePath().normalize();
        adapters = adapters.toAbsolutePath().normalize();
    }

    /** With all of it below this folder. */
    public GraftHome(Path folder) {
        this(folder, folder.resolve("adapters"));
    }

    /**
     * Property {@code graft.home}, else variable {@code GRAFT_HOME}, else {@code ~/.graft}. Adapters: variable {@code GRAFT_ADAPTERS_FOLDER}, which
     * the services that are started from here read as their setting {@code graft.adapters.folder}.
     */
    public static GraftHome current() {
        return of(System.getProperty("graft.home", ""), System.getenv());
    }

    static GraftHome of(String property, Map<String, String> environment) {
        String named = property.isBlank() ? environment.getOrDefault("GRAFT_HOME", "") : property;
        GraftHome home =
                new GraftHome(named.isBlank() ? Path.of(System.getProperty("user.home"), ".graft") : Path.of(named));
        String adapters = environment.getOrDefault("GRAFT_ADAPTERS_FOLDER", "");
        return adapters.isBlank() ? home : new GraftHome(home.folder(), Path.of(adapters));
    }

    public Path cache() {
        return folder.resolve("cache");
    }

    public Path models() {
        return folder.resolve("models");
    }

    public Path logs() {
        return folder.resolve("logs");
    }

    /** Pid files of the processes that run. */
    public Path run() {
        return folder.resolve("run");
    }

    public Path kafka() {
        return folder.resolve("kafka");
    }

    /** Real sentences of product reviews with the mean of ten people's ratings, -4 to 4. */
    public Path reviews() {
        return cache().resolve("reviews").resolve("amazonReviewSnippets_GroundTruth.txt");
    }

    /** Archives of loaded classes, which the JVM writes and renews by itself: they make a second start fast. */
    public Path classArchives() {
        return cache().resolve("cds");
    }

    /** The clone that holds the services: property {@code graft.root}, else the nearest folder above with a {@code launcher}. */
    public static Optional<Path> findRoot() {
        String named = System.getProperty("graft.root", "");
        if (!named.isBlank()) {
            return Optional.of(Path.of(named).toAbsolutePath().normalize());
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (at.resolve("launcher").resolve("fetch.sh").toFile().isFile()) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }
}
