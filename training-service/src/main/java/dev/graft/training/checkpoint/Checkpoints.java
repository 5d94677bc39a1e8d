package dev.graft.training.checkpoint;

import dev.graft.contracts.EventJson;
import dev.graft.training.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
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
 * The checkpoints of one job, a folder each. One that is being written has another name until all of it is on the disk, so a crash leaves whole ones
 * only; one that a disk damaged is told by its checksum and passed over for the one before.
 */
public final class Checkpoints {
    private static final Logger LOG = Logger.getLogger(Checkpoints.class);
    private static final Pattern NAME = Pattern.compile("step-(\\d{8})");

    private final Path folder;
    private final int most;

    /**
     * @param folder of this job alone
     * @param most how many are kept beside the best
     */
    public Checkpoints(Path folder, int most) {
        this.folder = folder;
        this.most = Math.max(1, most);
    }

    /** Writes a trainer's state to a file. */
    @FunctionalInterface
    public interface StateWriter {
        void write(Path file) throws IOException;
    }

    /** Keeps this state; when it returns, it is safe, and older ones than are to be kept are gone. */
    public void save(StateWriter state, Progress progress) throws IOException {
        Path unfinished = Files.createTempDirectory(Files.createDirectories(folder), ".unfinished-");
        try {
            state.write(unfinished.resolve(Manifest.STATE));
            Files.write(unfinished.resolve(Manifest.PROGRESS), EventJson.write(progress));
            Manifest.write(unfinished);
            Path place = place(progress.step());
            // There is one where a job that went on from an earlier one comes to the same step again.
            DurableFiles.deleteFolder(place);
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(folder);
        } finally {
            DurableFiles.deleteFolder(unfinished);
        }
        prune(progress);
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
        if (found.isEmpty() && Files.exists(place(step))) {
            LOG.warnf("%s is damaged and passed over", place(step));
        }
        return found;
    }

    /** After which steps there are any, the newest first. */
    public List<Integer> steps() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var paths = Files.list(folder)) {
            return paths.map(path -> NAME.matcher(path.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> Integer.valueOf(name.group(1)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    /** Removes all of them: the job has ended. */
    public void clear() throws IOException {
        DurableFiles.deleteFolder(folder);
    }

    /** Of later steps there are damaged ones that were passed over, or another worker's: neither takes the place of those that led here. */
    private void prune(Progress now) throws IOException {
        List<Integer> upToNow =
                steps().stream().filter(step -> step <= now.step()).toList();
        for (int step : upToNow.stream().skip(most).toList()) {
            if (step != now.bestStep()) {
                DurableFiles.deleteFolder(place(step));
            }
        }
    }

    private Path place(int step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%08d", step));
    }
}
