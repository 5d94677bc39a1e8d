package dev.graft.inference.adapter.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Removes adapters' files that nothing needs any more, those first that were needed least recently, where they are more than may be kept. A file that
 * was needed, or came, within the last hour stays in any case: somebody may be about to register it, or have changed his mind; and so does one that
 * could not be had again. Used by one thread.
 */
final class SpareFiles {
    static final Duration GRACE = Duration.ofHours(1);

    private static final Logger LOG = Logger.getLogger(SpareFiles.class);
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.gguf");

    private final Path folder;
    private final long most;
    private final InstantSource clock;
    private final Map<String, Instant> lastNeeded = new HashMap<>();
    /** By SHA-256, told once each. */
    private final Set<String> onlyHere = new HashSet<>();

    /** @param most bytes of files that nothing needs */
    SpareFiles(Path folder, long most, InstantSource clock) {
        this.folder = folder;
        this.most = most;
        this.clock = clock;
    }

    private record Spare(Path path, String sha256, long bytes, Instant lastUse) {}

    /**
     * @param needed SHA-256 of each file that must stay
     * @param lost whether nobody could bring a file back, by its SHA-256; asked only of those that would go
     * @return SHA-256 of each file that was removed
     */
    List<String> remove(Set<String> needed, Predicate<String> lost) throws IOException {
        Instant now = clock.instant();
        needed.forEach(sha256 -> lastNeeded.put(sha256, now));
        List<String> removed = new ArrayList<>();
        long bytes = 0;
        for (Spare spare : spares(needed)) {
            bytes += spare.bytes();
            boolean over = bytes > most && spare.lastUse().isBefore(now.minus(GRACE));
            if (over && lost.test(spare.sha256())) {
                tellOnlyHere(spare);
            } else if (over && Files.deleteIfExists(spare.path())) {
                LOG.infof("%s is removed: no adapter that is served needs it", spare.path());
                removed.add(spare.sha256());
            }
        }
        lastNeeded.values().removeIf(instant -> instant.isBefore(now.minus(GRACE)));
        return removed;
    }

    private void tellOnlyHere(Spare spare) {
        if (onlyHere.add(spare.sha256())) {
            LOG.warnf(
                    "%s is beyond graft.adapters.kept-bytes and stays: it is of a retired adapter, and its source has it no more or is this file. Remove it by hand where it may be lost",
                    spare.path());
        }
    }

    /** Those that nothing needs, the most recently used first. */
    private List<Spare> spares(Collection<String> needed) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Spare> spares = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && !needed.contains(name.group(1))) {
                    spare(file, name.group(1)).ifPresent(spares::add);
                }
            }
        }
        spares.sort(Comparator.comparing(Spare::lastUse).reversed());
        return spares;
    }

    private Optional<Spare> spare(Path file, String sha256) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Instant came = attributes.lastModifiedTime().toInstant();
            Instant needed = lastNeeded.getOrDefault(sha256, came);
            Instant lastUse = needed.isAfter(came) ? needed : came;
            return attributes.isRegularFile()
                    ? Optional.of(new Spare(file, sha256, attributes.size(), lastUse))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // another instance that shares the folder was first
        }
    }
}
