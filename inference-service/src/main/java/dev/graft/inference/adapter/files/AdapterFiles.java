package dev.graft.inference.adapter.files;

import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.settings.AdapterSettings;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/**
 * The folder of {@code graft.adapters.folder}: each file under its SHA-256, whole or not at all. Several instances of one registry may share it. Files
 * that nothing needs any more stay while there is room for them, so that whoever brings an adapter back finds its file.
 */
@Singleton
public class AdapterFiles {
    private static final Logger LOG = Logger.getLogger(AdapterFiles.class);
    static final String PARTIAL = ".part";
    private static final Duration LEFT_BEHIND = Duration.ofDays(1);
    private static final int BLOCK = 1 << 16;

    /**
     * A file that is here.
     *
     * @param path where
     * @param sha256 of its bytes
     * @param bytes how many
     */
    public record Fetched(Path path, String sha256, long bytes) {}

    private final Path folder;
    private final AllowedSources allowed;
    private final Map<String, Source> sources;
    private final long most;
    private final FetchTurns turns;
    private final Map<String, CompletableFuture<Optional<Path>>> underWay = new ConcurrentHashMap<>();
    private final SpareFiles spare;
    private final Map<String, FileStamp> hashed = new ConcurrentHashMap<>();

    public AdapterFiles(InferenceSettings all, FileThreads threads) {
        AdapterSettings settings = all.adapters();
        folder = settings.folder();
        allowed = new AllowedSources(settings.sources());
        var http = new HttpSource(allowed::requireBelow);
        sources = Map.of(
                "file",
                new LocalSource(allowed, all.model().file(), settings.rank(), settings.fileBytes(), folder),
                "http",
                http,
                "https",
                http,
                "s3",
                new S3Source(settings.s3(), allowed::requireBelow));
        most = settings.fileBytes();
        turns = new FetchTurns(allowed, threads.executor(), settings.fetchTimeout());
        spare = new SpareFiles(folder, settings.keptBytes(), InstantSource.system());
        removeLeftBehind();
    }

    /**
     * A generation's file, its SHA-256 checked: the one that is here, else from its source. A file is hashed once, and again where it was changed since.
     * Whoever asks for a file that is being fetched waits for that.
     *
     * @throws FaultException of kind {@code CAPACITY} where it can't be had now, {@code INPUT} where it is not as registered, or may not be fetched
     */
    public Path get(AdapterGeneration generation) throws InterruptedException {
        while (true) {
            var mine = new CompletableFuture<Optional<Path>>();
            CompletableFuture<Optional<Path>> first = underWay.putIfAbsent(generation.sha256(), mine);
            if (first == null) {
                return bring(generation, mine);
            }
            Optional<Path> path = outcome(generation.source(), first);
            if (path.isPresent()) {
                return path.get();
            }
        }
    }

    /** @param told whoever waits for it: the file, why it can't be had, or nothing where this thread was interrupted and another must go on */
    private Path bring(AdapterGeneration generation, CompletableFuture<Optional<Path>> told)
            throws InterruptedException {
        try {
            Path path = bring(generation.source(), generation.sha256());
            told.complete(Optional.of(path));
            return path;
        } catch (RuntimeException | Error e) {
            told.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(generation.sha256(), told);
            told.complete(Optional.empty());
        }
    }

    /**
     * Fetches a file from its source, even where it is here already: whoever registers it relies on the source.
     *
     * @param sha256 what it must be, where that is known
     * @throws FaultException {@code source_not_allowed}, {@code source_not_found}, {@code sha256_mismatch}, {@code file_too_large} and the like
     */
    public Fetched fetch(URI source, Optional<String> sha256) throws InterruptedException {
        Source kind = sources.get(AllowedSources.scheme(source));
        if (kind == null) {
            throw SourceFaults.notAllowed(source, "must be a file, http, https or s3 URI");
        }
        return turns.take(source, () -> fetchNow(kind, source, sha256));
    }

    /**
     * Removes files that nothing needs, where they are more than may be kept; but none that a retired generation could never have again. On one thread
     * at a time.
     *
     * @param generations all that are known, whoever serves them
     */
    public void removeSpare(Collection<AdapterGeneration> generations) {
        Set<String> needed = new HashSet<>(underWay.keySet());
        Map<String, List<URI>> retired = new HashMap<>();
        for (AdapterGeneration generation : generations) {
            if (generation.served()) {
                needed.add(generation.sha256());
            } else {
                retired.computeIfAbsent(generation.sha256(), _ -> new ArrayList<>())
                        .add(generation.source());
            }
        }
        try {
            spare.remove(needed, sha256 -> {
                        List<URI> sources = retired.getOrDefault(sha256, List.of());
                        return !sources.isEmpty() && sources.stream().noneMatch(source -> hasElsewhere(source, sha256));
                    })
                    .forEach(hashed::remove);
        } catch (IOException e) {
            LOG.warnf("Could not clear %s up: %s", folder, e.toString());
        }
    }

    /** Whether a file could be fetched again without the one that is here. Stores and web servers are trusted to keep what was fetched from them. */
    private boolean hasElsewhere(URI source, String sha256) {
        if (!AllowedSources.scheme(source).equals("file")) {
            return true;
        }
        try {
            Path file = allowed.requireFile(source);
            return !file.equals(place(sha256).toRealPath()) && Sha256.of(file).equals(sha256);
        } catch (FaultException | IOException e) {
            return false;
        }
    }

    private Path bring(URI source, String sha256) throws InterruptedException {
        Path here = place(sha256);
        if (Files.exists(here)) {
            if (turns.take(here.toUri(), () -> isRight(here, sha256))) {
                return here;
            }
            LOG.warnf("%s is damaged and fetched again", here);
        }
        return fetch(source, Optional.of(sha256)).path();
    }

    private boolean isRight(Path here, String sha256) throws IOException {
        FileStamp stamp = FileStamp.of(here);
        if (stamp.equals(hashed.get(sha256))) {
            return true;
        }
        boolean right = Sha256.of(here).equals(sha256);
        if (right) {
            hashed.put(sha256, stamp);
        }
        return right;
    }

    private Fetched fetchNow(Source kind, URI source, Optional<String> sha256)
            throws IOException, InterruptedException {
        Path partial = Files.createTempFile(Files.createDirectories(folder), ".", PARTIAL);
        try {
            MessageDigest digest = Sha256.digest();
            long bytes = copy(kind, source, partial, digest);
            String found = Sha256.hex(digest);
            sha256.filter(expected -> !expected.equals(found)).ifPresent(expected -> {
                throw new FaultException(Fault.input(
                        "sha256_mismatch",
                        "sha256",
                        expected,
                        "is not that of the file at " + SourceFaults.shown(source) + ", which is " + found));
            });
            FileStamp stamp = FileStamp.of(partial);
            Files.move(partial, place(found), StandardCopyOption.ATOMIC_MOVE);
            hashed.put(found, stamp);
            return new Fetched(place(found), found, bytes);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private long copy(Source kind, URI source, Path partial, MessageDigest digest)
            throws IOException, InterruptedException {
        long bytes = 0;
        try (InputStream in = kind.open(source);
                OutputStream out = new DigestOutputStream(Files.newOutputStream(partial), digest)) {
            byte[] block = new byte[BLOCK];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                bytes += read;
                if (bytes > most) {
                    throw SourceFaults.tooLarge(source, most);
                }
                out.write(block, 0, read);
            }
        }
        return bytes;
    }

    private Path place(String sha256) {
        return folder.resolve(sha256 + ".gguf");
    }

    private static <T> T outcome(URI source, Future<T> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw SourceFaults.of(source, e.getCause());
        }
    }

    private void removeLeftBehind() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            Instant old = Instant.now().minus(LEFT_BEHIND);
            List<Path> partial = files.filter(
                            file -> file.getFileName().toString().endsWith(PARTIAL))
                    .toList();
            for (Path file : partial) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warnf("Could not clear %s up: %s", folder, e.toString());
        }
    }
}
