package dev.graft.inference.adapter.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.inference.adapter.Entries;
import dev.graft.inference.adapter.SettingsOf;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing may be kept that nothing needs; retired adapters' files are old enough to go. */
class WhatCouldNotBeHadAgainStaysTest {
    private static final byte[] BODY = "an adapter".getBytes(UTF_8);

    @TempDir
    Path home = Path.of("unset");

    private Path elsewhere = Path.of("unset");
    private Path here = Path.of("unset");

    @BeforeEach
    void aFileIsHere() throws IOException {
        elsewhere = Files.write(Files.createDirectories(home.resolve("made")).resolve("a.gguf"), BODY);
        here = Files.createDirectories(home.resolve("adapters")).resolve(Sha256.of(elsewhere) + ".gguf");
        Files.setLastModifiedTime(
                Files.write(here, BODY), FileTime.from(Instant.now().minus(Duration.ofDays(1))));
    }

    private AdapterFiles files() {
        return new AdapterFiles(
                SettingsOf.home(
                        home,
                        Map.of(
                                "graft.adapters.kept-bytes",
                                "0",
                                "graft.adapters.sources",
                                home.resolve("made") + "," + home.resolve("adapters") + ",https://host.example/")),
                Executors::newVirtualThreadPerTaskExecutor);
    }

    private AdapterGeneration retired(URI source) throws IOException {
        return Entries.after(
                        "a",
                        Entries.register("b".repeat(64), Sha256.of(elsewhere), source, true),
                        new Retire(OptionalInt.empty()))
                .newest();
    }

    private void removeSpare(URI... sources) throws IOException {
        List<AdapterGeneration> retired = new ArrayList<>();
        for (URI source : sources) {
            retired.add(retired(source));
        }
        files().removeSpare(retired);
    }

    @Test
    void theFileThatIsItsOwnSource() throws Exception {
        removeSpare(here.toUri());
        assertThat(here).hasBinaryContent(BODY);
        Path link = Files.createSymbolicLink(home.resolve("made/link.gguf"), here);
        removeSpare(link.toUri());
        assertThat(here).hasBinaryContent(BODY);
    }

    @Test
    void theFileWhoseSourceIsAnotherByNowOrGone() throws Exception {
        URI source = elsewhere.toUri();
        AdapterGeneration retired = retired(source);
        Files.write(elsewhere, "trained once more".getBytes(UTF_8));
        files().removeSpare(List.of(retired));
        assertThat(here).hasBinaryContent(BODY);
        Files.delete(elsewhere);
        files().removeSpare(List.of(retired));
        assertThat(here).hasBinaryContent(BODY);
    }

    @Test
    void butWhatItsSourceStillHasGoes() throws Exception {
        removeSpare(here.toUri(), elsewhere.toUri());
        assertThat(here).doesNotExist();
        assertThat(files().get(retired(elsewhere.toUri()))).hasBinaryContent(BODY);
    }

    @Test
    void andWhatAWebServerGave() throws Exception {
        removeSpare(URI.create("https://host.example/a.gguf"));
        assertThat(here).doesNotExist();
    }
}
