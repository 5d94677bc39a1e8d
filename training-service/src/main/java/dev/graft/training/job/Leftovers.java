package dev.graft.training.job;

import dev.graft.training.store.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Removes checkpoints of jobs that have ended, whichever instance had them and however they ended: each instance does so, when it is told of the end and
 * now and then again, for a worker that was held up may have written since.
 */
public final class Leftovers {
    private static final Logger LOG = Logger.getLogger(Leftovers.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration ALL_AGAIN = Duration.ofMinutes(10);

    private final JobBook book;
    private final JobFolders folders;
    private final InstantSource clock;
    private final Set<String> cleared = new HashSet<>();
    private Instant nextLook = Instant.MIN;
    private Instant allAgain = Instant.MIN;

    public Leftovers(JobBook book, JobFolders folders, InstantSource clock) {
        this.book = book;
        this.folders = folders;
        this.clock = clock;
    }

    /** Looks, unless that was just done. */
    public void clear() {
        Instant now = clock.instant();
        if (now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(LOOK_EVERY);
        if (!now.isBefore(allAgain)) {
            allAgain = now.plus(ALL_AGAIN);
            cleared.clear();
        }
        for (Job job : book.all()) {
            if (job.status().ended() && cleared.add(job.id())) {
                clear(job.id());
            }
        }
    }

    private void clear(String id) {
        try {
            DurableFiles.deleteFolder(folders.checkpoints(id));
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("The checkpoints of %s can't be removed, trying again: %s", id, e.getMessage());
            cleared.remove(id);
        }
    }
}
