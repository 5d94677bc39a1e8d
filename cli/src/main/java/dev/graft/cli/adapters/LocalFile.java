package dev.graft.cli.adapters;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of this machine, put where the services of this machine may take it from.
 *
 * @param source its URI there
 * @param sha256 of its bytes
 */
public record LocalFile(URI source, String sha256) {
    private static final int BLOCK = 1 << 16;

    /** Writes an adapter's file. */
    @FunctionalInterface
    public interface Maker {
        /** @param file empty, or not there */
        void writeTo(Path file) throws IOException;
    }

    /** @param folder of the running stack's adapters; the copy is called by its SHA-256, and made whole or not at all */
    public static LocalFile copied(Path file, Path folder) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new FaultException(Fault.input("no_such_file", "FILE", file, "must be a GGUF file, or a URI"));
        }
        return made(folder, copy -> Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING));
    }

    /** The same for a file that is made there. */
    public static LocalFile made(Path folder, Maker maker) throws IOException {
        Path partial = Files.createTempFile(Files.createDirectories(folder), ".", ".part");
        try {
            maker.writeTo(partial);
            String sha256 = sha256(partial);
            Path target = in(folder, sha256);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return new LocalFile(target.toUri(), sha256);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Where the file of this SHA-256 lies in a folder of adapters, if it is there. */
    static Path in(Path folder, String sha256) {
        return folder.resolve(sha256 + ".gguf");
    }

    /** SHA-256 of all of a file, in hexadecimal digits; about a second for each gigabyte. */
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
