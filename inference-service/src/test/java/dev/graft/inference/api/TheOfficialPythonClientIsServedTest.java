package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PyPI's {@code openai}, in an environment of its own that is made once; {@code src/test/python/openai_client.py} holds the claims. */
@QuarkusTest
class TheOfficialPythonClientIsServedTest {
    private static final String OPENAI = "openai==3.57.0";

    @TestHTTPResource("/v1")
    URI base = URI.create("http://unset");

    @Test
    void everyClaimOfTheScriptHolds() throws Exception {
        Path python = environment().resolve("bin/python");
        String output = run(python.toString(), "src/test/python/openai_client.py", base.toString());
        assertThat(output).endsWith("all claims hold\n");
    }

    private static Path environment() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"));
        Path environment = home.resolve("cache/python/" + OPENAI.replace("==", "-"));
        Path complete = environment.resolve("complete");
        if (!Files.exists(complete)) {
            Files.createDirectories(environment.getParent());
            run("python3", "-m", "venv", "--clear", environment.toString());
            run(environment.resolve("bin/pip").toString(), "install", "--quiet", OPENAI);
            Files.createFile(complete);
        }
        return environment;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s:%n%s", String.join(" ", command), output)
                .isZero();
        return output;
    }
}
