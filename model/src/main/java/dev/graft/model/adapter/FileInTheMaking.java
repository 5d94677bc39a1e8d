package dev.graft.model.adapter;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that is written under another name beside its own, and gets its own when it is complete; closed before, it leaves nothing. */
final class FileInTheMaking implements AutoCloseable {
    private final Path file;
    private final Path unfinished;
    private final OutputStream stream;

    FileInTheMaking(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        this.unfinished = this.file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        this.stream = Files.newOutputStream(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    OutputStream stream() {
        return stream;
    }

    /** Ends writing; the file can be read under the path that is returned. */
    Path complete() throws IOException {
        stream.close();
        return unfinished;
    }

    void appear() throws IOException {
        complete();
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        stream.close();
        Files.deleteIfExists(unfinished);
    }
}
