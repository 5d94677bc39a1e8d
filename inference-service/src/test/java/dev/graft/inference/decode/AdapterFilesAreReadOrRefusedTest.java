package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.inference.adapter.MadeAdapter;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.LlamaLibrary;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of files as whoever serves reads them, into native memory. */
class AdapterFilesAreReadOrRefusedTest {
    private static final int FILES = 5_000;

    @TempDir
    Path folder = Path.of("unset");

    @SuppressWarnings("NullAway.Init")
    private AdapterReader reader;

    @BeforeEach
    void open() throws IOException {
        var _ = LlamaLibrary.load(Optional.empty());
        reader = new AdapterReader(LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL)), Precision.F16, 64);
    }

    @Test
    void thousandsOfDamagedFilesAreTakenOrRefused() throws Exception {
        Path sound = MadeAdapter.in(folder, 4, 1).file();
        byte[] bytes = Files.readAllBytes(sound);
        int header = (int) GgufFile.read(sound).dataOffset();
        Path damaged = folder.resolve("damaged.gguf");
        Random random = new Random(20261201);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            Files.write(damaged, damage(bytes, header, random));
            refused += isRefused(damaged) ? 1 : 0;
        }
        assertThat(refused).isBetween(FILES / 4, FILES - 100);
    }

    /** Mostly in the header, which says what all else is; sometimes in the weights, sometimes the end is missing. */
    private static byte[] damage(byte[] sound, int header, Random random) {
        int length = random.nextInt(10) == 0 ? random.nextInt(sound.length) : sound.length;
        byte[] damaged = java.util.Arrays.copyOf(sound, length);
        for (int changes = 1 + random.nextInt(3); changes > 0 && length > 0; changes--) {
            int within = Math.min(length, random.nextInt(4) == 0 ? sound.length : header);
            damaged[random.nextInt(within)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private boolean isRefused(Path file) {
        try (AdapterWeights weights = reader.read(file)) {
            assertThat(weights.bytes()).isPositive();
            return false;
        } catch (FaultException e) {
            assertThat(e.fault().kind()).isEqualTo(FaultKind.INPUT);
            assertThat(e.fault().code()).isEqualTo("adapter_refused");
            assertThat(e.fault().field()).isNotEmpty();
            assertThat(e.fault().remedy()).isNotEmpty();
            return true;
        }
    }

    /** The last weight of many is no number, so all before it had been copied. */
    @Test
    void whatWasReadOfARefusedFileLeavesNoMemory() throws Exception {
        Path file = folder.resolve("last.gguf");
        RandomAdapter.ofAllTargets(32, 5).writeTo(file, reader.base());
        byte[] bytes = Files.readAllBytes(file);
        long size = bytes.length;
        java.util.Arrays.fill(bytes, bytes.length - 64, bytes.length, (byte) 0xff);
        Files.write(file, bytes);
        refuse(file, 3);
        long before = residentBytes();
        int times = 20;
        refuse(file, times);
        assertThat(residentBytes() - before).isLessThan(times * size / 8);
    }

    private void refuse(Path file, int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> reader.read(file).close())
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("adapter_refused");
        }
    }

    private static long residentBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
        return Long.parseLong(pages) * 4096;
    }
}
