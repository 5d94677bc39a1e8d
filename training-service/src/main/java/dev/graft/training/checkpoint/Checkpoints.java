package dev.graft.training.checkpoint;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.store.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The checkpoints of one job, a folder each, in a folder for each attempt, so that a worker which lost the job writes where nobody looks for long. One that
 * is being written has another name until all of it is on the disk, so a crash leaves whole ones only; one that a disk damaged is told by its checksum and
 * passed over for the one before.
 */
public final class Checkpoints {
    private static final Logger LOG = Logger.getLogger(Checkpoints.class);
    private static final Pattern ATTEMPT = Pattern.compile("attempt-(\\d{6,})");
    private static final Pattern NAME = Pattern.compile("step-(\\d{8})(\\.before)?");

    private final Path folder;
    private final int attempt;
    private final int most;

    /**
     * @param folder of this job alone
     * @param attempt whose are written; those of lower ones are read once they are taken over
     * @param most how many are kept beside the best
     */
    public Checkpoints(Path folder, int attempt, int most) {
        this.folder = folder;
        this.attempt = attempt;
        this.most = Math.max(1, most);
    }

    /** Writes a trainer's state to a file. */
    @FunctionalInterface
    public interface StateWriter {
        void write(Path file) throws IOException;
    }

    /**
     * Takes what earlier attempts saved, and removes what they left unfinished. One of them that still writes begins a folder anew, which the next
     * attempt takes over.
     */
    public void takeOver() throws IOException {
        Path mine = DurableFiles.createFolder(own());
        for (Path other : earlier()) {
            for (Path saved : list(other)) {
                Path place = mine.resolve(saved.getFileName().toString());
                if (NAME.matcher(saved.getFileName().toString()).matches() && !Files.exists(place)) {
                    moveWhereThere(saved, place);
                }
            }
            DurableFiles.sync(mine);
            deleteUnlessWritten(other);
        }
    }

    /**
     * Keeps this state; when it returns, it is safe, and older ones than are to be kept are gone.
     *
     * @param bytes that the state has
     * @throws FaultException {@code disk_full}, with the bytes that are needed and those that are there
     */
    public void save(StateWriter state, long bytes, Progress progress) throws IOException {
        Path mine = DurableFiles.createFolder(own());
        requireRoom(bytes);
        Path unfinished = Files.createTempDirectory(mine, ".unfinished-");
        try {
            state.write(unfinished.resolve(Manifest.STATE));
            Files.write(unfinished.resolve(Manifest.PROGRESS), EventJson.write(progress));
            Manifest.write(unfinished);
            keep(unfinished, progress.step());
        } catch (IOException e) {
            requireRoom(bytes);
            throw e;
        } finally {
            DurableFiles.deleteFolder(unfinished);
        }
        prune(progress);
    }

    /** There is one of this step where a job that went on from an earlier one comes to it again: it stays until the new one is safe. */
    private void keep(Path finished, int step) throws IOException {
        if (Files.exists(place(step))) {
            DurableFiles.deleteFolder(before(step));
            Files.move(place(step), before(step), StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFiles.replace(finished, place(step));
        DurableFiles.deleteFolder(before(step));
    }

    private void requireRoom(long bytes) throws IOException {
        long there = Files.getFileStore(own()).getUsableSpace();
        if (there < bytes) {
            throw new FaultException(Fault.capacity(
                    "disk_full",
                    "a checkpoint needs " + bytes + " bytes, and " + there + " are left at " + folder
                            + ": make room, or keep fewer (graft.training.checkpoints)"));
        }
    }

    /** The newest that is whole. */
    public Optional<Checkpoint> newest() throws IOException {
        for (int step : steps()) {
            Optional<Checkpoint> found = at(step);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The one after this step, where it is here and whole. */
    public Optional<Checkpoint> at(int step) throws IOException {
        Optional<Checkpoint> found = Manifest.read(place(step));
        if (found.isEmpty()) {
            found = Manifest.read(before(step));
        }
        if (found.isEmpty() && Files.exists(place(step))) {
            LOG.warnf("%s is damaged and passed over", place(step));
        }
        return found;
    }

    /** After which steps there are any, the newest first. */
    public List<Integer> steps() throws IOException {
        return list(own()).stream()
                .map(path -> NAME.matcher(path.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> Integer.valueOf(name.group(1)))
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Of later steps there are damaged ones that were passed over: they take no place of those that led here. */
    private void prune(Progress now) throws IOException {
        List<Integer> upToNow =
                steps().stream().filter(step -> step <= now.step()).toList();
        for (int step : upToNow.stream().skip(most).toList()) {
            if (step != now.bestStep()) {
                DurableFiles.deleteFolder(place(step));
                DurableFiles.deleteFolder(before(step));
            }
        }
    }

    /** Folders of the attempts before this one, the latest first. */
    private List<Path> earlier() throws IOException {
        return list(folder).stream()
                .filter(path -> number(path) < attempt)
                .sorted(Comparator.comparingInt(Checkpoints::number).reversed())
                .toList();
    }

    private static int number(Path path) {
        Matcher name = ATTEMPT.matcher(path.getFileName().toString());
        return name.matches() ? Integer.parseInt(name.group(1)) : Integer.MAX_VALUE;
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    /** Another worker that takes over as well may be faster: then the job is that one's. */
    private static void moveWhereThere(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            LOG.debugf("%s is gone", from);
        }
    }

    private static void deleteUnlessWritten(Path other) {
        try {
            DurableFiles.deleteFolder(other);
        } catch (IOException | UncheckedIOException e) {
            LOG.infof("%s is still written to: %s", other, e.getMessage());
        }
    }

    private Path own() {
        return folder.resolve(String.format(Locale.ROOT, "attempt-%06d", attempt));
    }

    private Path place(int step) {
        return own().resolve(String.format(Locale.ROOT, "step-%08d", step));
    }

    private Path before(int step) {
        return own().resolve(String.format(Locale.ROOT, "step-%08d.before", step));
    }
}
