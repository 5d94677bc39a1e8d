package dev.graft.inference.adapter.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesThatNothingNeedsGoTest {
    private static final int BYTES = 1000;
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder = Path.of("unset");

    private Instant now = Instant.parse("2026-11-25T12:00:00Z");

    private static boolean nothingIsLost(String sha256) {
        return false;
    }

    private SpareFiles keeping(long files) {
        return new SpareFiles(folder, files * BYTES, () -> now);
    }

    private static String sha256(int number) {
        return "%064x".formatted(number);
    }

    private Path file(int number, Duration age) throws IOException {
        Path file = Files.write(folder.resolve(sha256(number) + ".gguf"), new byte[BYTES]);
        return Files.setLastModifiedTime(file, FileTime.from(now.minus(age)));
    }

    @Test
    void theOldestBeyondWhatMayBeKept() throws Exception {
        for (int number = 1; number <= 5; number++) {
            file(number, DAY.multipliedBy(number));
        }
        assertThat(keeping(2).remove(Set.of(sha256(5)), FilesThatNothingNeedsGoTest::nothingIsLost))
                .containsExactly(sha256(3), sha256(4));
        assertThat(folder.resolve(sha256(5) + ".gguf"))
                .as("needed, and the oldest")
                .exists();
        assertThat(folder.resolve(sha256(2) + ".gguf")).exists();
        assertThat(keeping(2).remove(Set.of(sha256(5)), FilesThatNothingNeedsGoTest::nothingIsLost))
                .isEmpty();
    }

    @Test
    void whatCameWithinTheHourStays() throws Exception {
        file(1, SpareFiles.GRACE.minusSeconds(1));
        file(2, SpareFiles.GRACE.plusSeconds(1));
        assertThat(keeping(0).remove(Set.of(), FilesThatNothingNeedsGoTest::nothingIsLost))
                .containsExactly(sha256(2));
    }

    @Test
    void whatWasNeededWithinTheHourStays() throws Exception {
        Path file = file(1, DAY);
        SpareFiles spare = keeping(0);
        assertThat(spare.remove(Set.of(sha256(1)), FilesThatNothingNeedsGoTest::nothingIsLost))
                .isEmpty();
        now = now.plus(SpareFiles.GRACE);
        assertThat(spare.remove(Set.of(), FilesThatNothingNeedsGoTest::nothingIsLost))
                .isEmpty();
        now = now.plusSeconds(1);
        assertThat(spare.remove(Set.of(), FilesThatNothingNeedsGoTest::nothingIsLost))
                .containsExactly(sha256(1));
        assertThat(file).doesNotExist();
    }

    @Test
    void whatIsNoAdaptersFileIsLeftAlone() throws Exception {
        for (String name :
                List.of("notes.txt", "made-1.gguf", "A".repeat(64) + ".gguf", "0".repeat(64) + ".gguf.part")) {
            Files.setLastModifiedTime(
                    Files.write(folder.resolve(name), new byte[BYTES]), FileTime.from(now.minus(DAY)));
        }
        Files.createDirectory(folder.resolve(sha256(1) + ".gguf"));
        assertThat(keeping(0).remove(Set.of(), FilesThatNothingNeedsGoTest::nothingIsLost))
                .isEmpty();
        assertThat(folder).isDirectoryContaining("glob:**notes.txt").isDirectoryContaining("glob:**made-1.gguf");
        assertThat(new SpareFiles(folder.resolve("nowhere"), 0, () -> now)
                        .remove(Set.of(), FilesThatNothingNeedsGoTest::nothingIsLost))
                .isEmpty();
    }
}
