package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Graft;
import dev.graft.cli.GraftHome;
import dev.graft.cli.stack.StackProcess;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three services as real processes on one registry. */
@ExtendWith(RunningStack.Parameter.class)
class EveryInferenceServiceHasTheAdaptersTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAME = "everywhere";

    @Test
    void oneKilledAndRestartedAndOneStartedLateServeWhatTheOthersDo(RunningStack stack) throws Exception {
        Web one = stack.inference();
        StackProcess two = stack.processes().addInference("inference-service-adapters-2", freePort());
        StackProcess three = null;
        try {
            register(one, adapter(stack, 1), "live");
            awaitLoaded(one, 1);
            awaitLoaded(new Web(two.url()), 1);

            two.kill();
            register(one, adapter(stack, 2), "live");
            assertThat(one.post("/v1/adapters/" + NAME + "/label", Map.of("label", "first", "generation", 1))
                            .status())
                    .isEqualTo(200);
            stack.startAgain(two);
            three = stack.processes().addInference("inference-service-adapters-3", freePort());
            for (StackProcess restarted : List.of(two, three)) {
                // Ready means that the live ones are here: nothing is waited for.
                JsonNode entry = entry(new Web(restarted.url()));
                assertThat(entry.path("live").asInt()).isEqualTo(2);
                assertThat(stateHere(entry, 2)).isEqualTo("loaded");
                assertThat(entry.path("labels").path("first").asInt()).isEqualTo(1);
            }

            assertThat(new Web(three.url())
                            .post("/v1/adapters/" + NAME + "/rollback", Map.of())
                            .status())
                    .isEqualTo(200);
            for (Web service : List.of(one, new Web(two.url()), new Web(three.url()))) {
                await().atMost(SOON).until(() -> entry(service).path("live").asInt() == 1);
                awaitLoaded(service, 1);
                assertThat(service.get("/v1/models/" + NAME).json().path("root").asText())
                        .isEqualTo(NAME + "@1");
            }
        } finally {
            one.post("/v1/adapters/" + NAME + "/retire", Map.of());
            two.stop();
            if (three != null) {
                three.stop();
            }
        }
    }

    @Test
    void theCommandsShowAndChangeWhatTheServicesServe(RunningStack stack) throws Exception {
        Path file = adapter(stack, 3);
        assertThat(graft(stack, "register", "shop", file.toString(), "--candidate", "--job", "job-1"))
                .contains("@1", "candidate", "job-1");
        assertThat(graft(stack, "promote", "shop@1")).contains("live", "loaded");
        assertThat(graft(stack, "label", "shop@1", "stable")).contains("stable=@1");
        assertThat(graft(stack, "list")).contains("shop", "@1 live, loaded", "stable=@1");
        assertThat(Web.JSON
                        .readTree(graft(stack, "show", "shop", "--json"))
                        .path("live")
                        .asInt())
                .isEqualTo(1);
        assertThat(graft(stack, "register", "shop", adapter(stack, 4).toString(), "--expect-generation", "1"))
                .contains("@2");
        assertThat(graft(stack, "share", "shop@1", "20")).contains("20 % to @1");
        assertThat(graft(stack, "rollback", "shop")).contains("@1    live");
        assertThat(graft(stack, "retire", "shop")).doesNotContain("live");
        assertThat(code(stack, "promote", "shop@1", "--expect-revision", "1")).isEqualTo(2);
        assertThat(code(stack, "retire", "nobody")).isEqualTo(2);
    }

    @Test
    void peftFoldersAreImportedAndComeBackByteForByte(RunningStack stack) throws Exception {
        Path folders = Files.createTempDirectory("peft");
        Path saved = folders.resolve("saved");
        PeftExport.write(adapter(stack, 5), base(), 16, saved);
        String label = graft(stack, "import", saved.toString(), "--name", "peft", "--candidate", "--label", "next");
        assertThat(label).contains("@1", "candidate", "rank 4 on q,v", "next=@1");
        assertThat(code(stack, "import", folders.toString(), "--name", "peft")).isEqualTo(2);

        Path back = folders.resolve("back");
        Path gguf = folders.resolve("back.gguf");
        String[] export = {
            "export", "peft@next", back.toString(), "--gguf", gguf.toString(), "--base", model().toString()
        };
        assertThat(graft(stack, export)).contains("peft@1", back.toString());
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            assertThat(back.resolve(name)).hasSameBinaryContentAs(saved.resolve(name));
        }
        assertThat(AdapterFile.check(gguf, base(), 16).targets()).containsExactlyInAnyOrder(Target.Q, Target.V);
        assertThat(code(stack, export)).as("what is there is not written over").isEqualTo(2);
        assertThat(code(stack, "export", "peft", back.resolve("live").toString()))
                .as("none is live")
                .isEqualTo(2);
        graft(stack, "retire", "peft");
    }

    @Test
    void aFileThatIsOnlyAtTheServicesIsExported(RunningStack stack) throws Exception {
        Path file = adapter(stack, 6);
        byte[] weights = Files.readAllBytes(file);
        graft(stack, "register", "far", file.toString());
        Files.delete(file);
        Path other = Files.createTempDirectory("other-machine");
        Path gguf = other.resolve("far.gguf");
        // As on another machine: the command knows where the services are, and has no adapters.
        Files.createDirectories(other.resolve("run"));
        try (var run = Files.list(stack.home().resolve("run"))) {
            for (Path one : run.toList()) {
                Files.copy(one, other.resolve("run").resolve(one.getFileName().toString()));
            }
        }
        assertThat(codeAt(other, "adapters", "export", "far", "--gguf", gguf.toString()))
                .isZero();
        assertThat(gguf).hasBinaryContent(weights);
        graft(stack, "retire", "far");
    }

    @Test
    void theDemoShowsAdaptersInOneBatchAndLeavesNoneLive(RunningStack stack) throws Exception {
        Files.createDirectories(stack.home().resolve("models"));
        Path served = stack.home().resolve("models").resolve(GraftHome.MODEL_FILE);
        if (Files.notExists(served)) {
            Files.createSymbolicLink(served, model());
        }
        Path json = Files.createTempFile("demo", ".json");
        assertThat(codeAt(stack.home(), "demo", "--adapters", "--json", json.toString()))
                .isZero();
        JsonNode report = Web.JSON.readTree(Files.readAllBytes(json));
        assertThat(report.path("answers")).hasSize(4);
        assertThat(report.path("answers").findValuesAsText("adapter"))
                .containsExactly("demo-a", "demo-b", "demo-c", "");
        assertThat(Set.copyOf(report.path("answers").findValuesAsText("text")))
                .as("each has its own weights")
                .hasSize(4);
        assertThat(report.path("eachItsOwnMs").asDouble()).isPositive();
        assertThat(graft(stack, "list")).doesNotContain("demo-a@1 live");
        for (String name : List.of("demo-a", "demo-b", "demo-c")) {
            assertThat(stack.inference()
                            .get("/v1/adapters/" + name)
                            .json()
                            .path("live")
                            .isNull())
                    .as(name)
                    .isTrue();
        }
    }

    private static String graft(RunningStack stack, String... arguments) {
        var out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, UTF_8));
        try {
            assertThat(code(stack, arguments))
                    .as("graft adapters %s", List.of(arguments))
                    .isZero();
        } finally {
            System.setOut(before);
        }
        return out.toString(UTF_8);
    }

    /** With the stack's home for that of the command. */
    private static int code(RunningStack stack, String... arguments) {
        List<String> whole = new ArrayList<>(List.of("adapters"));
        whole.addAll(List.of(arguments));
        return codeAt(stack.home(), whole.toArray(String[]::new));
    }

    private static int codeAt(Path folder, String... arguments) {
        String home = System.getProperty("graft.home");
        System.setProperty("graft.home", folder.toString());
        try {
            return Graft.commandLine().execute(arguments);
        } finally {
            System.setProperty("graft.home", home);
        }
    }

    private static void register(Web service, Path file, String state) throws Exception {
        Web.Reply reply = service.post(
                "/v1/adapters", Map.of("name", NAME, "source", file.toUri().toString(), "state", state));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    private static void awaitLoaded(Web service, int generation) {
        await().atMost(SOON).until(() -> stateHere(entry(service), generation).equals("loaded"));
    }

    private static JsonNode entry(Web service) throws IOException, InterruptedException {
        return service.get("/v1/adapters/" + NAME).json();
    }

    private static String stateHere(JsonNode entry, int generation) {
        for (JsonNode one : entry.path("generations")) {
            if (one.path("generation").asInt() == generation) {
                return one.path("here").path("state").asText();
            }
        }
        return "";
    }

    /** Where the services of this stack may take it from. */
    private static Path adapter(RunningStack stack, int seed) throws IOException {
        Path file = Files.createDirectories(stack.home().resolve("adapters")).resolve("made-" + seed + ".gguf");
        new RandomAdapter(Set.of(Target.Q, Target.V), 4, 4, 0.05, seed).writeTo(file, base());
        return file;
    }

    private static LlamaModelFile base() throws IOException {
        return LlamaModelFile.check(GgufFile.read(model()));
    }

    private static Path model() {
        return GraftHome.current().models().resolve(GraftHome.MODEL_FILE);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
