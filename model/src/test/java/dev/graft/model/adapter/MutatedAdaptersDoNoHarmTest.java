package dev.graft.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.graft.model.MalformedFileException;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.MutatedBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever happens to an adapter's file, it is taken for sound or refused by name, soon and in little memory. */
class MutatedAdaptersDoNoHarmTest {
    private static final int FILES = 100_000;
    private static final int MOST_TIMES_ITS_SIZE = 16;
    private static final int SMALL_CHANGE = 256 << 10; // buffers, regular expressions, deflaters: whatever the file

    private static final Pattern VALUE =
            Pattern.compile("[:\\[,]\\s*(\"[^\"]*\"|[0-9.]+|true|false|null|\\[[^\\]]*\\])");
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "false",
            "0",
            "1",
            "-1",
            "31",
            "65",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "1e999",
            "-0.0",
            "\"\"",
            "\"F16\"",
            "\"(a|b)*c\"",
            "\"(((.{99}){99}){99}\"",
            "\"\\u0000\\ud800\"",
            "[]",
            "[0,0]",
            "[1,1,1,1,1,1,1,1,1]",
            "{}",
            "{\"(.*)*q_proj\": 2}",
            "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static boolean isRefused(Consumer<byte[]> use, byte[] file) {
        try {
            use.accept(file);
            return false;
        } catch (MalformedFileException e) {
            assertThat(e.field()).isNotEmpty();
            assertThat(e.remedy()).isNotEmpty();
            return true;
        }
    }

    private void assertHarmless(long seed, Function<Random, byte[]> mutated, Consumer<byte[]> use) {
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] file = mutated.apply(random);
            refused += isRefused(use, file) ? 1 : 0;
            assertThat(allocated(use, file))
                    .as("allocated for file %d of %d bytes", i, file.length)
                    .isLessThan((long) MOST_TIMES_ITS_SIZE * file.length + SMALL_CHANGE);
        }
        assertThat(refused).isBetween(FILES / 4, FILES - 1_000);
    }

    /** Bytes that a second reading takes: at a first one, classes may be loaded. */
    private long allocated(Consumer<byte[]> use, byte[] file) {
        long before = threads.getCurrentThreadAllocatedBytes();
        isRefused(use, file);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static Function<Random, byte[]> mutationsOf(byte[] gguf) {
        int header = (int) GgufFile.read(gguf).dataOffset();
        return random -> MutatedBytes.of(gguf, header, random);
    }

    @Test
    void aHundredThousandMutatedGgufAdaptersAreTakenOrRefused() {
        byte[] sound = TinyAdapter.bytes(TinyAdapter.withPair(
                TinyAdapter.withPair(TinyAdapter.gguf(), Target.Q, 2, GgufType.F32), Target.V, 2, GgufType.F16));
        assertThat(TinyAdapter.check(sound).pairs()).hasSize(2);
        assertHarmless(20261125, mutationsOf(sound), TinyAdapter::check);
    }

    @Test
    void aHundredThousandMutatedWeightsAndConfigurationsAreImportedOrRefused() {
        byte[] config = TinyAdapter.CONFIG.getBytes(StandardCharsets.UTF_8);
        byte[] weights = TinyAdapter.safetensors();
        byte[] folder = ByteBuffer.allocate(config.length + weights.length)
                .put(config)
                .put(weights)
                .array();
        importFolder(folder, config.length);
        assertHarmless(
                20261126,
                random -> random.nextBoolean()
                        ? MutatedBytes.of(folder, config.length + TinyAdapter.HEADER.length(), random)
                        : withMutatedJson(random, config.length),
                file -> importFolder(file, config.length));
    }

    /** Takes the first bytes for a configuration, the others for weights. */
    private static void importFolder(byte[] folder, int configBytes) {
        int end = Math.min(folder.length, configBytes);
        String config = StrictJson.utf8(PeftConfig.FILE, Arrays.copyOf(folder, end));
        TinyAdapter.imported(config, Arrays.copyOfRange(folder, end, folder.length));
    }

    /** A folder whose JSON is sound, but for a value that nobody would expect. */
    private static byte[] withMutatedJson(Random random, int configBytes) {
        String config = random.nextBoolean() ? withOddValue(TinyAdapter.CONFIG, random) : TinyAdapter.CONFIG;
        String fitting = config.length() > configBytes ? TinyAdapter.CONFIG : config;
        byte[] weights = TinyAdapter.safetensors(withOddValue(TinyAdapter.HEADER, random), TinyAdapter.DATA);
        return ByteBuffer.allocate(configBytes + weights.length)
                .put((fitting + " ".repeat(configBytes - fitting.length())).getBytes(StandardCharsets.UTF_8))
                .put(weights)
                .array();
    }

    private static String withOddValue(String json, Random random) {
        Matcher values = VALUE.matcher(json);
        for (int skipped = random.nextInt(12); skipped > 0 && values.find(); skipped--) {}
        if (!values.find()) {
            return json;
        }
        String odd = ODD.get(random.nextInt(ODD.size()));
        return json.substring(0, values.start(1)) + odd + json.substring(values.end(1));
    }

    @Test
    void aHundredThousandMutatedImportsAreExportedOrRefused() {
        byte[] sound = TinyAdapter.imported(TinyAdapter.CONFIG, TinyAdapter.safetensors());
        export(sound);
        assertHarmless(20261127, mutationsOf(sound), MutatedAdaptersDoNoHarmTest::export);
    }

    private static void export(byte[] file) {
        try {
            PeftExport export =
                    PeftExport.of(GgufFile.read(file), ByteSource.of(file), TinyAdapter.BASE, TinyAdapter.MOST_RANK);
            export.writeConfig(OutputStream.nullOutputStream());
            export.writeWeights(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new IllegalStateException("reading memory does not fail", e);
        }
    }
}
