package dev.graft.cli.adapters;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of this machine, copied to where the services of this machine may take it from.
 *
 * @param source its URI there
 * @param sha256 of its bytes
 */
public record LocalFile(URI source, String sha256) {
    /** @param folder of the running stack's adapters; the copy is called by its SHA-256, and made whole or not at all */
    public static LocalFile copied(Path file, Path folder) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new FaultException(Fault.input("no_such_file", "FILE", file, "must be a GGUF file, or a URI"));
        }
        Path partial = Files.createTempFile(Files.createDirectories(folder), ".", ".part");
        try {
            String sha256 = copy(file, partial);
            Path target = folder.resolve(sha256 + ".gguf");
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return new LocalFile(target.toUri(), sha256);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String copy(Path file, Path to) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = Files.newInputStream(file);
                    OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
                in.transferTo(out);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
