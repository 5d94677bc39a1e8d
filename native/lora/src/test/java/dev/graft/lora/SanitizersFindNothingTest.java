package dev.graft.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** All kernels, on memory of exactly their size, under AddressSanitizer and UndefinedBehaviorSanitizer: {@code src/test/cpp/sanitize.sh}. */
class SanitizersFindNothingTest {
    @Test
    void inAnyKernel() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(
                        Path.of("src/test/cpp/sanitize.sh").toAbsolutePath().toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor()).as(output).isZero();
        assertThat(output).contains("all kernels sound");
    }
}
