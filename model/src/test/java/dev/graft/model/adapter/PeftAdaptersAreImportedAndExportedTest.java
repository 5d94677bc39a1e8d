package dev.graft.model.adapter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Held against adapters that PEFT itself saved, the weights that PEFT computes of them, and llama.cpp's own converter. */
class PeftAdaptersAreImportedAndExportedTest {
    @TempDir
    Path scratch;

    private final LlamaModelFile base = Goldens.base();

    PeftAdaptersAreImportedAndExportedTest() throws IOException {}

    static List<Path> adapters() throws IOException {
        return Goldens.adapters();
    }

    private AdapterFile imported(Path folder, Path file) throws IOException {
        return PeftImport.write(folder, base, Goldens.MOST_RANK, file);
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void whatItAddsToTheWeightsIsWhatPeftAdds(Path folder) throws IOException {
        Path file = scratch.resolve("adapter.gguf");
        AdapterFile adapter = imported(folder, file);
        assertThat(AdapterFile.check(file, base, Goldens.MOST_RANK)).isEqualTo(adapter);
        Map<String, double[][]> peft = Goldens.matrices(folder.resolve("products.safetensors"));
        assertThat(adapter.pairs()).hasSize(peft.size() - 2);
        for (AdapterPair pair : adapter.pairs()) {
            double[][] delta = AdapterWeights.delta(file, pair);
            double[][] ours = product(delta, requireNonNull(peft.get("probes." + delta[0].length)));
            assertClose(ours, requireNonNull(peft.get(pair.target().module(pair.layer()))), pair);
        }
    }

    private static double[][] product(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int row = 0; row < a.length; row++) {
            for (int column = 0; column < b[0].length; column++) {
                for (int i = 0; i < b.length; i++) {
                    product[row][column] += a[row][i] * b[i][column];
                }
            }
        }
        return product;
    }

    /** PEFT's rows of Q and K pair an element with the one half a head further on, llama.cpp's with its neighbour. */
    private void assertClose(double[][] ours, double[][] peft, AdapterPair pair) {
        int half = base.headWidth() / 2;
        boolean turned = pair.target() == Target.Q || pair.target() == Target.K;
        double largest = Arrays.stream(peft)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
        assertThat(ours.length).isEqualTo(peft.length);
        for (int row = 0; row < peft.length; row++) {
            int inHead = row % base.headWidth();
            int inLlama = turned ? row - inHead + inHead % half * 2 + inHead / half : row;
            assertThat(ours[inLlama]).as("%s row %d", pair, row).containsExactly(peft[row], within(1e-6 * largest));
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void exportedAgainItIsTheSameFolderByteForByte(Path folder) throws IOException {
        Path file = scratch.resolve("adapter.gguf");
        imported(folder, file);
        Path exported = scratch.resolve("exported");
        PeftExport.write(file, base, Goldens.MOST_RANK, exported);
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            assertThat(exported.resolve(name)).hasSameBinaryContentAs(folder.resolve(name));
        }
        try (var files = Files.list(exported)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void tensorsAreThoseOfLlamaCppsConverter() throws IOException, NoSuchAlgorithmException {
        List<String> lines = Files.readAllLines(Goldens.FOLDER.resolve("converted.txt"));
        assertThat(lines).hasSizeGreaterThan(90);
        for (String name : lines.stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .distinct()
                .toList()) {
            Path file = scratch.resolve(name + ".gguf");
            imported(Goldens.FOLDER.resolve(name), file);
            byte[] bytes = Files.readAllBytes(file);
            for (TensorInfo tensor : GgufFile.read(file).tensors()) {
                byte[] data =
                        Arrays.copyOfRange(bytes, (int) tensor.offset(), (int) (tensor.offset() + tensor.bytes()));
                String sha256 = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(data));
                assertThat(lines).contains(name + " " + tensor.name() + " " + sha256);
            }
        }
    }

    @Test
    void scalesThatOneAlphaCannotTellAreInB() throws IOException {
        AdapterFile adapter = imported(Goldens.FOLDER.resolve("patterns"), scratch.resolve("adapter.gguf"));
        assertThat(adapter.rank()).isEqualTo(12);
        assertThat(adapter.targets()).containsExactlyInAnyOrder(Target.values());
        assertThat(adapter.pairs())
                .filteredOn(pair -> pair.target() == Target.K)
                .allSatisfy(pair -> {
                    assertThat(pair.rank()).isEqualTo(4);
                    assertThat(pair.scale()).isEqualTo(adapter.alpha() / 4);
                });
    }

    @Test
    void aFailedImportLeavesNothing() throws IOException {
        Path folder = Files.createDirectory(scratch.resolve("cut"));
        Path sound = Goldens.FOLDER.resolve("qv-r8");
        Files.copy(sound.resolve("adapter_config.json"), folder.resolve("adapter_config.json"));
        byte[] weights = Files.readAllBytes(sound.resolve("adapter_model.safetensors"));
        Files.write(folder.resolve("adapter_model.safetensors"), Arrays.copyOf(weights, weights.length - 1));
        Path target = Files.createDirectory(scratch.resolve("target"));
        assertThatThrownBy(() -> imported(folder, target.resolve("adapter.gguf")))
                .isInstanceOf(MalformedPeftException.class)
                .hasMessageContaining("is the file complete?");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void weightsChangedSinceTheImportAreNotPassedOffAsPefts() throws IOException {
        Path file = scratch.resolve("adapter.gguf");
        AdapterFile adapter = imported(Goldens.FOLDER.resolve("qv-r8"), file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) adapter.pairs().getFirst().a().offset()] ^= 1;
        Files.write(file, bytes);
        Path folder = scratch.resolve("exported");
        assertThatThrownBy(() -> PeftExport.write(file, base, Goldens.MOST_RANK, folder))
                .isInstanceOf(MalformedPeftException.class)
                .hasMessageContaining("changed after the import");
        assertThat(folder).isEmptyDirectory();
    }
}
