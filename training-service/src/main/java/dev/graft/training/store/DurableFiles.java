package dev.graft.training.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;

/** Writing so that a crash at any moment leaves the old or the new, never a part: write beside, sync, rename, sync the folder. */
public final class DurableFiles {
    /** Replaces a file by these bytes, its folder made where it is missing. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        Path partial = Files.createTempFile(folder, ".", ".part");
        try {
            Files.write(partial, bytes);
            sync(partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
        } finally {
            Files.deleteIfExists(partial);
        }
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
