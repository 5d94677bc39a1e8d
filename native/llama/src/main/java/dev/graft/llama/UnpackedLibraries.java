package dev.graft.llama;

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
final class UnpackedLibraries {
    /** JavaCPP reads it once, when it unpacks the first library of a process. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final String GLUE = "libjnillama.so";
    private static final int NAME_BYTES = 8;

    private UnpackedLibraries() {}

    /**
     * Has JavaCPP unpack to a folder of this content under the one that {@link #PROPERTY} names ({@code ~/.javacpp/cache} where it names none).
     *
     * @param resources where the libraries lie in the jar
     */
    static void choose(String resources) throws IOException {
        Path parent = Path.of(System.getProperty(PROPERTY, System.getProperty("user.home") + "/.javacpp/cache"));
        try (InputStream glue = UnpackedLibraries.class.getResourceAsStream(resources + GLUE)) {
            if (glue == null) {
                throw new LlamaException(GLUE + " is not in the native-llama jar");
            }
            Path folder = folder(parent, glue);
            System.setProperty(PROPERTY, folder.toString());
            LibraryFolders.use(folder);
        }
    }

    static Path folder(Path parent, InputStream content) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.readAllBytes());
            return parent.resolve(HexFormat.of().formatHex(digest, 0, NAME_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
