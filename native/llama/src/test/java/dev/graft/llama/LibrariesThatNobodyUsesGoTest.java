package dev.graft.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrariesThatNobodyUsesGoTest {
    private static final Instant LATER = Instant.now().plus(LibraryFolders.KEPT).plus(Duration.ofHours(1));

    @TempDir
    Path parent = Path.of("unset");

    private Path version(String name) throws IOException {
        Path folder = parent.resolve(name);
        Files.writeString(Files.createDirectories(folder.resolve("a.jar/linux")).resolve("liba.so"), "code");
        return folder;
    }

    @Test
    void thoseThatWereNotBegunToBeUsedForADay() throws Exception {
        Path own = version("0".repeat(16));
        Path unmarked = version("1".repeat(16));
        Path marked = version("2".repeat(16));
        LibraryFolders.hold(marked).close();
        Path recent = version("3".repeat(16));
        LibraryFolders.hold(recent).close();
        Files.setLastModifiedTime(recent.resolve(LibraryFolders.IN_USE), FileTime.from(LATER));
        Path another = version("not-a-version");
        assertThat(LibraryFolders.removeUnused(own, Instant.now())).isEmpty();
        assertThat(LibraryFolders.removeUnused(own, LATER)).containsExactlyInAnyOrder(unmarked, marked);
        assertThat(parent.toFile().list())
                .containsExactlyInAnyOrder(
                        own.getFileName().toString(),
                        recent.getFileName().toString(),
                        another.getFileName().toString());
        assertThat(recent.resolve("a.jar/linux/liba.so")).exists();
    }

    @Test
    void whatAProcessHoldsStays() throws Exception {
        Path own = version("0".repeat(16));
        Path held = version("1".repeat(16));
        try (FileChannel _ = LibraryFolders.hold(held)) {
            assertThat(LibraryFolders.removeUnused(own, LATER)).isEmpty();
        }
        assertThat(LibraryFolders.removeUnused(own, LATER)).containsExactly(held);
    }

    @Test
    void whatAnotherProcessHoldsStays() throws Exception {
        Path own = version("0".repeat(16));
        Path held = version("1".repeat(16));
        Process other = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        held.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('h');
            assertThat(LibraryFolders.removeUnused(own, LATER)).isEmpty();
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(LibraryFolders.removeUnused(own, LATER)).containsExactly(held);
    }

    /** Holds a folder until it is killed. */
    static final class Holder {
        public static void main(String[] folder) throws Exception {
            try (FileChannel _ = LibraryFolders.hold(Path.of(folder[0]))) {
                System.out.print('h');
                System.out.flush();
                Thread.sleep(Duration.ofMinutes(5));
            }
        }

        private Holder() {}
    }
}
