package dev.graft.training.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;

/** Writing so that a crash at any moment leaves the old or the new, never a part: write beside, sync, rename, sync the folder. */
public final class DurableFiles {
    /** Replaces a file by these bytes, its folder made where it is missing. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path folder = createFolder(folderOf(file));
        Path partial = Files.createTempFile(folder, ".", ".part");
        try {
            Files.write(partial, bytes);
            replace(partial, file);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Gives a finished file, or folder, its name; when it returns, both are safe. Beside it in the same folder. */
    public static void replace(Path finished, Path place) throws IOException {
        sync(finished);
        Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
        sync(folderOf(place));
    }

    /** Makes a folder where it is missing, with those above it; what was made is safe when it returns. */
    public static Path createFolder(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath();
        if (!Files.isDirectory(absolute)) {
            Path above = absolute.getParent();
            if (above != null) {
                createFolder(above);
            }
            Files.createDirectories(absolute);
            if (above != null) {
                sync(above);
            }
        }
        return absolute;
    }

    /** Where a file lies. */
    public static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    }

    /** Has the disk keep all files of a folder, and their names. */
    public static void syncFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sync(file);
            }
        }
        sync(folder);
    }

    /** Has the disk keep what was written to a file, or which names a folder holds. */
    public static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes a folder with all in it, where it is there. */
    public static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private DurableFiles() {}
}
