package dev.graft.llama;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folders of unpacked libraries, one for each version that ran here. A process holds a shared lock in its own for as long as it lives; the folders
 * of other versions that nobody holds, and that nobody began to use within a day, are removed.
 */
final class LibraryFolders {
    static final Duration KEPT = Duration.ofDays(1);
    static final String IN_USE = ".in-use";

    private static final System.Logger LOG = System.getLogger(LibraryFolders.class.getName());
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}");

    /** Held until the process ends, which gives the lock back. */
    private static @Nullable FileChannel held;

    private LibraryFolders() {}

    /**
     * Makes the folder this process's own, and removes those that nobody needs any more. Where the file system has no locks, or lets nobody remove
     * them, they stay.
     */
    static synchronized void use(Path folder) {
        try {
            held = held == null ? hold(folder) : held;
            for (Path gone : removeUnused(folder, Instant.now())) {
                LOG.log(System.Logger.Level.INFO, "{0} is removed: no version that runs here uses it", gone);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "old libraries beside {0} could not be removed: {1}", folder, e);
        }
    }

    /** Waits where somebody is just removing it. */
    static FileChannel hold(Path folder) throws IOException {
        while (true) {
            Path mark = Files.createDirectories(folder).resolve(IN_USE);
            FileChannel channel = FileChannel.open(
                    mark, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel.lock(0, Long.MAX_VALUE, true);
            if (Files.exists(mark)) {
                // A write sets the time; to set it by path would open and close the file, which ends a process's POSIX
                // locks on it.
                channel.write(ByteBuffer.wrap(new byte[1]), 0);
                return channel;
            }
            channel.close();
        }
    }

    /** @return what was removed */
    static List<Path> removeUnused(Path own, Instant now) throws IOException {
        List<Path> removed = new ArrayList<>();
        try (Stream<Path> beside =
                Files.list(Objects.requireNonNull(own.toAbsolutePath().getParent()))) {
            for (Path folder : beside.toList()) {
                boolean another = NAME.matcher(folder.getFileName().toString()).matches()
                        && !folder.equals(own.toAbsolutePath())
                        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
                if (another && lastUse(folder).isBefore(now.minus(KEPT)) && removeIfFree(folder)) {
                    removed.add(folder);
                }
            }
        }
        return removed;
    }

    /** Versions that set no mark are as old as their folder; libraries that a process has mapped stay in its memory. */
    private static Instant lastUse(Path folder) throws IOException {
        Path mark = folder.resolve(IN_USE);
        return Files.getLastModifiedTime(Files.exists(mark) ? mark : folder).toInstant();
    }

    private static boolean removeIfFree(Path folder) throws IOException {
        Path mark = folder.resolve(IN_USE);
        try (FileChannel channel = FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return false;
            }
            remove(folder, mark);
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // this process holds it
        }
    }

    /** The mark goes last: whoever waits for it begins anew then. */
    private static void remove(Path folder, Path mark) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(mark) && !path.equals(folder)) {
                    Files.delete(path);
                }
            }
        }
        Files.delete(mark);
        Files.delete(folder);
    }
}
