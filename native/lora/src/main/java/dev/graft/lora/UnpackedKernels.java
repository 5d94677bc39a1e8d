package dev.graft.lora;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The folder that JavaCPP unpacks the jar's libraries to: one for each content of Graft's own library. JavaCPP takes a file of the same size and
 * time for the same file, which two reproducible builds share; and it writes over files that a running service may have mapped.
 */
final class UnpackedKernels {
    /** JavaCPP reads it once, when it unpacks the first library of a process: who comes second shares the first one's folder. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String GLUE = "/dev/graft/lora/linux-x86_64/libjnilora.so";
    private static final int NAME_BYTES = 8;

    private UnpackedKernels() {}

    static void choose() throws IOException {
        Path parent = Path.of(System.getProperty(PROPERTY, System.getProperty("user.home") + "/.javacpp/cache"));
        try (InputStream glue = UnpackedKernels.class.getResourceAsStream(GLUE)) {
            if (glue == null) {
                throw new KernelException(GLUE + " is not in the native-lora jar");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(glue.readAllBytes());
            System.setProperty(
                    PROPERTY,
                    parent.resolve(HexFormat.of().formatHex(digest, 0, NAME_BYTES))
                            .toString());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
