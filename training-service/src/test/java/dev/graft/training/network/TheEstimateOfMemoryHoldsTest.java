package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SmolLM2, trained in a process of its own with the service's options of the JVM: its high-water mark as Linux keeps it, against what was told before. */
class TheEstimateOfMemoryHoldsTest {
    private static final Path MODEL = Path.of(
            System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
            "models/SmolLM2-135M-Instruct.Q4_1.gguf");

    @TempDir
    Path folder = Path.of("unset");

    static Stream<OneTraining.Case> cases() {
        return Stream.of(
                new OneTraining.Case(8, 31, 16, false, 4L << 30, 1),
                new OneTraining.Case(2, 700, 16, false, 4L << 30, 1),
                new OneTraining.Case(8, 200, 16, false, 300L << 20, 1),
                new OneTraining.Case(8, 31, 64, true, 4L << 30, 1),
                new OneTraining.Case(8, 200, 16, false, 4L << 30, 2));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withinTenPercentOfWhatIsUsed(OneTraining.Case training) throws IOException, InterruptedException {
        long[] figures = figures(training);
        double ratio = (double) figures[0] / figures[1];

        assertThat(ratio)
                .as("%d bytes expected, %d used", figures[0], figures[1])
                .isBetween(0.9, 1.1);
    }

    private long[] figures(OneTraining.Case training) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@jvm.options",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OneTraining.class.getName(),
                MODEL.toString()));
        command.addAll(training.arguments());
        Path errors = folder.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(() -> read(errors)).isZero();
        return Stream.of(said.lines().toList().getLast().split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
