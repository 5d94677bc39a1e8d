package dev.graft.inference.adapter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    @TempDir
    Path folder;

    /** FIPS 180-2, appendix B.1. */
    @Test
    void itIsTheStandardsOwn() throws Exception {
        assertThat(Sha256.of(Files.writeString(folder.resolve("abc"), "abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void aFileOfManyBlocksHasTheHashThatJavaGivesIt() throws Exception {
        byte[] bytes = new byte[1_000_003];
        new Random(1).nextBytes(bytes);
        String right = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256", "SUN").digest(bytes));
        assertThat(Sha256.of(Files.write(folder.resolve("many"), bytes))).isEqualTo(right);
    }

    @Test
    void awsLcComputesIt() {
        assertThat(Sha256.digest().getProvider().getName()).isEqualTo("AmazonCorrettoCryptoProvider");
    }
}
