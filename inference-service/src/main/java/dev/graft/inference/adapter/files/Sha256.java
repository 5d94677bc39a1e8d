package dev.graft.inference.adapter.files;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jboss.logging.Logger;

/**
 * A file's SHA-256 as 64 lower-case hexadecimal digits, computed by AWS-LC: Java's own takes eight times as long where the JVM has no optimising
 * compiler, as this service's has not ({@code jvm.options}), and answers that run would wait for it.
 */
public final class Sha256 {
    private static final Logger LOG = Logger.getLogger(Sha256.class);
    private static final String NAME = "SHA-256";
    private static final int BLOCK = 1 << 16;
    private static final boolean BY_AWS_LC = canUseAwsLc();

    private static boolean canUseAwsLc() {
        Throwable fault = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
        if (fault != null) {
            LOG.warnf("AWS-LC can't be loaded, files are hashed by Java, which takes longer: %s", fault);
        }
        return fault == null;
    }

    public static String of(Path file) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[BLOCK];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        }
        return hex(digest);
    }

    static MessageDigest digest() {
        try {
            return BY_AWS_LC
                    ? MessageDigest.getInstance(NAME, AmazonCorrettoCryptoProvider.INSTANCE)
                    : MessageDigest.getInstance(NAME);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256, and so has AWS-LC", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private Sha256() {}
}
