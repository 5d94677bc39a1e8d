package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.adapter.MadeAdapter;
import dev.graft.inference.admission.Inference;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.adapter.PeftImport;
import dev.graft.model.gguf.GgufFile;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What everybody may rely on, wherever the registry is kept. */
abstract class AdaptersOverHttp {
    static final String BASE = "SmolLM2-135M-Instruct.Q4_1";
    private static int names;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @SuppressWarnings("NullAway.Init")
    Http http;

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @Test
    void whatIsRegisteredIsLiveAndLoadedWhenTheCallReturns() throws Exception {
        String name = newName();
        MadeAdapter made = made(1);
        JsonNode entry = ok(register(name, made, ", 'lineage': {'template': 'sentiment@3', 'job': 'job-7'}"));
        assertThat(entry.path("revision").asInt()).isEqualTo(1);
        assertThat(entry.path("live").asInt()).isEqualTo(1);
        assertThat(entry.path("changed").asBoolean()).isTrue();
        JsonNode generation = entry.path("generations").path(0);
        assertThat(generation.path("state").asText()).isEqualTo("live");
        assertThat(generation.path("here").path("state").asText()).isEqualTo("loaded");
        assertThat(generation.path("sha256").asText()).isEqualTo(made.sha256());
        assertThat(generation.path("bytes").asLong()).isEqualTo(Files.size(made.file()));
        assertThat(generation.path("rank").asInt()).isEqualTo(4);
        assertThat(generation.path("targets").toString()).isEqualTo("[\"q\",\"v\"]");
        assertThat(generation.path("lineage").path("job").asText()).isEqualTo("job-7");
        assertThat(json("/v1/adapters/" + name).path("generations")).isEqualTo(entry.path("generations"));
        assertThat(json("/v1/adapters").path("data").findValuesAsText("name")).contains(name);
        assertThat(http.meter("graft_adapters_loaded", "adapter=\"" + name + "\"", "generation=\"1\""))
                .isEqualTo(1);
    }

    @Test
    void tokensAreCountedForTheGenerationThatTheyAreComputedWith() throws Exception {
        String name = newName();
        ok(register(name, made(1), ""));
        String whose = "adapter=\"" + name + "\"";

        http.post("/v1/completions", Http.writing(4, ", \"model\": \"" + name + "\""));

        assertThat(http.meter("graft_decode_tokens_total", whose, "generation=\"1\""))
                .isEqualTo(3);
        assertThat(http.meter("graft_prefill_tokens_total", whose)).isPositive();
        assertThat(http.meter("graft_requests_total", whose, "outcome=\"ok\"")).isEqualTo(1);
    }

    @Test
    void modelsListsAdaptersWithTheirBaseAsParent() throws Exception {
        String name = newName();
        ok(register(name, made(1), ""));
        ok(register(name, made(2), ", 'state': 'candidate'"));
        ok(change(name, "label", "{'label': 'next', 'generation': 2}"));
        JsonNode models = json("/v1/models").path("data");
        assertThat(models.path(0).path("id").asText()).isEqualTo(BASE);
        assertThat(models.path(0).path("parent").isNull()).isTrue();
        assertThat(model(models, name).path("parent").asText()).isEqualTo(BASE);
        assertThat(model(models, name).path("root").asText()).isEqualTo(name + "@1");
        assertThat(model(models, name + "@next").path("root").asText()).isEqualTo(name + "@2");
        assertThat(json("/v1/models/" + name + "@2").path("root").asText()).isEqualTo(name + "@2");
        assertRefused(http.get("/v1/models/" + name + "@3"), 404, "model_not_found", "model");
        ok(change(name, "retire", "{}"));
        assertThat(json("/v1/models").path("data").findValuesAsText("id")).doesNotContain(name, name + "@next");
    }

    @Test
    void aGenerationIsTriedPromotedAndRolledBackWithOneCallEach() throws Exception {
        String name = newName();
        ok(register(name, made(1), ""));
        ok(register(name, made(2), ", 'state': 'candidate'"));
        JsonNode shared = ok(change(name, "share", "{'generation': 2, 'percent': 10}"));
        assertThat(shared.path("share").path("percent").asInt()).isEqualTo(10);
        JsonNode promoted = ok(change(name, "promote", "{'generation': 2}"));
        assertThat(promoted.path("live").asInt()).isEqualTo(2);
        assertThat(promoted.path("share").isNull()).isTrue();
        assertThat(promoted.path("generations")
                        .path(1)
                        .path("here")
                        .path("state")
                        .asText())
                .isEqualTo("loaded");
        JsonNode back = ok(change(name, "rollback", "{}"));
        assertThat(back.path("live").asInt()).isEqualTo(1);
        assertThat(back.path("revision").asInt())
                .isEqualTo(promoted.path("revision").asInt() + 1);
        assertThat(ok(change(name, "label", "{'label': 'stable', 'generation': 1}"))
                        .path("labels")
                        .toString())
                .isEqualTo("{\"stable\":1}");
        assertThat(ok(change(name, "label", "{'label': 'stable', 'remove': true}"))
                        .path("labels")
                        .toString())
                .isEqualTo("{}");
        JsonNode retired = ok(change(name, "retire", "{'generation': 2}"));
        assertThat(retired.path("generations")
                        .path(1)
                        .path("here")
                        .path("state")
                        .asText())
                .isEqualTo("retired");
        assertThat(ok(change(name, "retire", "{'generation': 2}"))
                        .path("changed")
                        .asBoolean())
                .isFalse();
        assertThat(ok(change(name, "retire", "{}")).path("live").isNull()).isTrue();
    }

    @Test
    void aStaleWriterGetsTheCurrentOneAndChangesNothing() throws Exception {
        String name = newName();
        ok(register(name, made(1), ", 'expected_revision': 0"));
        ok(register(name, made(2), ", 'expected_generation': 1"));
        for (HttpResponse<String> stale : List.of(
                register(name, made(3), ", 'expected_generation': 1"),
                register(name, made(3), ", 'expected_revision': 0"),
                change(name, "rollback", "{'expected_revision': 1}"))) {
            assertRefused(stale, 409, "adapter_changed", "expected_revision");
            JsonNode current = Http.JSON.readTree(stale.body()).path("adapter");
            assertThat(current.path("revision").asInt()).isEqualTo(2);
            assertThat(current.path("generations")).hasSize(2);
        }
        assertThat(json("/v1/adapters/" + name).path("revision").asInt()).isEqualTo(2);
        HttpResponse<String> early = register(newName(), made(3), ", 'expected_generation': 4");
        assertRefused(early, 409, "adapter_changed", "expected_revision");
        assertThat(Http.JSON.readTree(early.body()).path("adapter").isNull()).isTrue();
    }

    @Test
    void theSameFileAgainChangesNothing() throws Exception {
        String name = newName();
        JsonNode first = ok(register(name, made(1), ""));
        JsonNode again = ok(register(name, made(1), ", 'sha256': '" + made(1).sha256() + "'"));
        assertThat(again.path("changed").asBoolean()).isFalse();
        assertThat(again.path("generations")).isEqualTo(first.path("generations"));
    }

    @Test
    void aWrongOrHostileFileIsRefusedWithTheReasonAndNothingElseSuffers() throws Exception {
        String good = newName();
        ok(register(good, made(1), ""));
        byte[] whole = Files.readAllBytes(made(2).file());
        List<Path> bad = new ArrayList<>();
        bad.add(Files.write(AdapterHome.SHARED.resolve("empty.gguf"), new byte[0]));
        bad.add(Files.writeString(AdapterHome.SHARED.resolve("text.gguf"), "hello"));
        bad.add(Files.write(AdapterHome.SHARED.resolve("torn.gguf"), java.util.Arrays.copyOf(whole, 300)));
        byte[] counts = whole.clone();
        java.util.Arrays.fill(counts, 8, 16, (byte) 0x7f); // as many tensors as fit into 63 bits
        bad.add(Files.write(AdapterHome.SHARED.resolve("counts.gguf"), counts));
        bad.add(MadeAdapter.in(AdapterHome.SHARED, 65, 1).file()); // of a higher rank than is set
        byte[] infinite = whole.clone();
        java.util.Arrays.fill(
                infinite, infinite.length - 4, infinite.length, (byte) 0xff); // the last weight is no number
        bad.add(Files.write(AdapterHome.SHARED.resolve("nan.gguf"), infinite));
        for (Path file : bad) {
            HttpResponse<String> refused =
                    http.post("/v1/adapters", "{\"name\": \"" + newName() + "\", \"source\": \"" + file + "\"}");
            assertThat(refused.statusCode()).as("%s: %s", file, refused.body()).isEqualTo(400);
            assertThat(error(refused).path("code").asText()).isEqualTo("adapter_refused");
            assertThat(error(refused).path("remedy").asText()).isNotBlank();
        }
        assertThat(json("/v1/models/" + good).path("root").asText()).isEqualTo(good + "@1");
        assertThat(http.post("/v1/completions", Http.writing(2, "")).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                  | {}                                                          | 400 | missing_field         | name",
                "                  | {'name': 'x'}                                               | 400 | missing_field         | source",
                "                  | {'name': 'a/b', 'source': '/x'}                             | 400 | invalid_adapter       | name",
                "                  | {'name': 'SmolLM2-135M-Instruct.Q4_1', 'source': '/x'}      | 400 | invalid_adapter       | name",
                "                  | {'name': 'x', 'source': '/etc/passwd'}                      | 400 | source_not_allowed    | source",
                "                  | {'name': 'x', 'source': 'http://127.0.0.1:1/x'}             | 400 | source_not_allowed    | source",
                "                  | {'name': 'x', 'source': 'relative.gguf'}                    | 400 | source_not_allowed    | source",
                "                  | {'name': 'x', 'source': 'SHARED/nothing.gguf'}              | 400 | source_not_found      | source",
                "                  | {'name': 'x', 'source': 'SHARED/large.gguf'}                | 400 | file_too_large        | source",
                "                  | {'name': 'x', 'source': 'MADE', 'sha256': 'x'}              | 400 | invalid_adapter       | sha256",
                "                  | {'name': 'x', 'source': 'MADE', 'sha256': 'ZEROS'}          | 400 | sha256_mismatch       | sha256",
                "                  | {'name': 'x', 'source': 'MADE', 'base_sha256': 'ZEROS'}     | 400 | other_base            | base_sha256",
                "                  | {'name': 'x', 'source': 'MADE', 'state': 'retired'}         | 400 | invalid_value         | state",
                "                  | {'name': 'x', 'source': 'MADE', 'rank': 4}                  | 400 | unknown_parameter     | rank",
                "                  | {'name': 'x', 'source': 'MADE', 'lineage': {'who': 'me'}}   | 400 | unknown_parameter     | lineage.who",
                "/there/promote    | {}                                                          | 400 | missing_field         | generation",
                "/there/promote    | {'generation': 9}                                           | 404 | generation_not_found  | generation",
                "/nowhere/promote  | {'generation': 1}                                           | 404 | adapter_not_found     | name",
                "/there/rollback   | {}                                                          | 400 | nothing_to_roll_back_to | name",
                "/there/retire     | {'generation': 'all'}                                       | 400 | wrong_type            | generation",
                "/there/label      | {'label': 'x'}                                              | 400 | missing_field         | generation",
                "/there/label      | {'label': 'A B', 'generation': 1}                           | 400 | invalid_adapter       | label",
                "/there/label      | {'label': 'none', 'remove': true}                           | 404 | label_not_found       | label",
                "/there/label      | {'label': 'x', 'remove': true, 'generation': 1}             | 400 | invalid_value         | generation",
                "/there/share      | {'generation': 1}                                           | 400 | missing_field         | percent",
                "/there/share      | {'generation': 1, 'percent': 101}                           | 400 | invalid_value         | percent",
                "/there/share      | {'generation': 1, 'percent': 10}                            | 400 | adapter_state         | generation",
            })
    void aRefusalNamesItsFieldAndCode(String path, String body, int status, String code, String param)
            throws Exception {
        MadeAdapter made = made(1);
        ok(register("there", made, ""));
        Files.write(AdapterHome.SHARED.resolve("large.gguf"), new byte[1_000_001]);
        String whole = body.replace('\'', '"')
                .replace("SHARED", AdapterHome.SHARED.toString())
                .replace("MADE", made.file().toString())
                .replace("ZEROS", "0".repeat(64));
        assertRefused(http.post("/v1/adapters" + (path == null ? "" : path), whole), status, code, param);
    }

    @Test
    void aGenerationsFileIsGiven() throws Exception {
        String name = newName();
        MadeAdapter made = made(1);
        ok(register(name, made, ""));
        byte[] file = http.bytes("/v1/adapters/" + name + "/generations/1/file");
        assertThat(file).isEqualTo(Files.readAllBytes(made.file()));
        assertRefused(
                http.get("/v1/adapters/" + name + "/generations/2/file"), 404, "generation_not_found", "generation");
        assertRefused(http.get("/v1/adapters/nowhere/generations/1/file"), 404, "adapter_not_found", "name");
    }

    @Test
    void aRequestMayScaleItsAdapterWithinBounds() throws Exception {
        String name = newName();
        ok(register(name, made(1), ""));
        for (String scale : List.of("0.5", "0", "-8", "8", "null")) {
            assertThat(ok(scaled(name, scale)).path("served").path("adapter").asText())
                    .as(scale)
                    .isEqualTo(name);
        }
        for (String scale : List.of("8.001", "-9", "1e300")) {
            assertRefused(scaled(name, scale), 400, "invalid_value", "lora_scale");
        }
        assertRefused(scaled(name, "\"1\""), 400, "wrong_type", "lora_scale");
        assertRefused(scaled(BASE, "1"), 400, "invalid_value", "lora_scale");
    }

    private HttpResponse<String> scaled(String model, String scale) throws IOException, InterruptedException {
        return http.post(
                "/v1/completions",
                "{\"model\": \"%s\", \"prompt\": \"The sea\", \"max_tokens\": 2, \"lora_scale\": %s}"
                        .formatted(model, scale));
    }

    @Test
    void anAdapterThatIsNotThereIsNotFound() throws Exception {
        assertRefused(http.get("/v1/adapters/nowhere"), 404, "adapter_not_found", "name");
    }

    @Test
    void vllmsDoorsLoadAndUnload() throws Exception {
        String name = newName();
        String load = "{\"lora_name\": \"%s\", \"lora_path\": \"%s\"".formatted(name, made(1).file());
        HttpResponse<String> loaded = http.post("/v1/load_lora_adapter", load + "}");
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        assertThat(loaded.body()).isEqualTo("Success: LoRA adapter '" + name + "' added successfully.");
        assertThat(json("/v1/models/" + name).path("root").asText()).isEqualTo(name + "@1");

        HttpResponse<String> again = http.post("/v1/load_lora_adapter", load + "}");
        assertRefused(again, 400, "adapter_exists", "lora_name");
        assertThat(error(again).path("message").asText()).contains("has already been loaded");
        String other = "{\"lora_name\": \"%s\", \"lora_path\": \"%s\", \"load_inplace\": true}"
                .formatted(name, made(2).file());
        assertThat(http.post("/v1/load_lora_adapter", other).statusCode()).isEqualTo(200);
        assertThat(json("/v1/models/" + name).path("root").asText()).isEqualTo(name + "@2");

        String unload = "{\"lora_name\": \"" + name + "\"}";
        assertThat(http.post("/v1/unload_lora_adapter", unload).body())
                .isEqualTo("Success: LoRA adapter '" + name + "' removed successfully.");
        assertRefused(http.post("/v1/unload_lora_adapter", unload), 404, "adapter_not_found", "lora_name");
        assertRefused(http.get("/v1/models/" + name), 404, "model_not_found", "model");
        assertRefused(http.post("/v1/load_lora_adapter", "{}"), 400, "missing_field", "lora_name");
        assertThat(http.post("/v1/load_lora_adapter", load + "}").statusCode()).isEqualTo(200);
        assertThat(json("/v1/models/" + name).path("root").asText()).isEqualTo(name + "@3");
    }

    /** What vLLM loads: a folder as PEFT saves it. */
    @Test
    void vllmsDoorTakesAFolderThatPeftSaved() throws Exception {
        MadeAdapter made = made(7);
        Path peft = AdapterHome.SHARED.resolve("peft");
        PeftExport.write(made.file(), facts(), 64, peft);
        String name = newName();
        HttpResponse<String> loaded = load(name, peft);
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        JsonNode generation = json("/v1/adapters/" + name).path("generations").path(0);
        assertThat(generation.path("rank").asInt()).isEqualTo(4);
        assertThat(generation.path("targets").toString()).isEqualTo("[\"q\",\"v\"]");
        assertThat(generation.path("here").path("state").asText()).isEqualTo("loaded");
        assertThat(ok(scaled(name, "1")).path("served").path("adapter").asText())
                .isEqualTo(name);
        Path again = AdapterHome.SHARED.resolve("imported.gguf");
        var _ = PeftImport.write(peft, facts(), 64, again);
        assertThat(http.bytes("/v1/adapters/" + name + "/generations/1/file")).isEqualTo(Files.readAllBytes(again));

        Path config = peft.resolve("adapter_config.json");
        String sound = Files.readString(config);
        Files.writeString(config, sound.replace("\"LORA\"", "\"IA3\""));
        assertThat(error(load(newName(), peft)).path("code").asText()).isEqualTo("adapter_refused");
        Files.writeString(config, sound);
        Path weights = peft.resolve("adapter_model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThat(error(load(newName(), peft)).path("code").asText()).isEqualTo("adapter_refused");
        Files.delete(weights);
        assertThat(error(load(newName(), peft)).path("code").asText()).isEqualTo("source_not_found");
        Path outside = Files.write(AdapterHome.FOLDER.resolve("outside.safetensors"), whole);
        Files.createSymbolicLink(weights, outside);
        assertThat(error(load(newName(), peft)).path("code").asText()).isEqualTo("source_not_allowed");
    }

    /** Of the model that is served. */
    static LlamaModelFile facts() throws IOException {
        return LlamaModelFile.check(GgufFile.read(Path.of(System.getProperty("graft.home"), "models", BASE + ".gguf")));
    }

    private HttpResponse<String> load(String name, Path path) throws IOException, InterruptedException {
        return http.post(
                "/v1/load_lora_adapter", "{\"lora_name\": \"%s\", \"lora_path\": \"%s\"}".formatted(name, path));
    }

    @Test
    void readinessTellsOfTheAdapters() throws Exception {
        ok(register(newName(), made(1), ""));
        JsonNode checks = json("/health/ready").path("checks");
        JsonNode adapters = java.util.stream.StreamSupport.stream(checks.spliterator(), false)
                .filter(check -> check.path("name").asText().equals("adapters"))
                .findFirst()
                .orElseThrow();
        assertThat(adapters.path("status").asText()).isEqualTo("UP");
        assertThat(adapters.path("data").path("loaded").asInt()).isPositive();
        assertThat(checks.findValuesAsText("adapters")).anyMatch(text -> text.startsWith("mixed in one decode"));
        assertThat(http.meter("graft_adapters_mixed")).isEqualTo(1);
    }

    HttpResponse<String> register(String name, MadeAdapter made, String more) throws IOException, InterruptedException {
        String body =
                "{'name': '%s', 'source': '%s'%s}".formatted(name, made.file().toUri(), more);
        return http.post("/v1/adapters", body.replace('\'', '"'));
    }

    HttpResponse<String> change(String name, String verb, String body) throws IOException, InterruptedException {
        return http.post("/v1/adapters/" + name + "/" + verb, body.replace('\'', '"'));
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return ok(http.get(path));
    }

    static JsonNode ok(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Http.JSON.readTree(response.body());
    }

    static void assertRefused(HttpResponse<String> response, int status, String code, String param) throws IOException {
        assertThat(error(response).path("code").asText()).as(response.body()).isEqualTo(code);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(error(response).path("param").asText("")).isEqualTo(param);
    }

    static MadeAdapter made(int seed) throws IOException {
        return MadeAdapter.in(AdapterHome.SHARED, 4, seed);
    }

    static synchronized String newName() {
        return "adapter-" + names++;
    }

    private static JsonNode error(HttpResponse<String> response) throws IOException {
        return Http.JSON.readTree(response.body()).path("error");
    }

    private static JsonNode model(JsonNode models, String id) {
        return java.util.stream.StreamSupport.stream(models.spliterator(), false)
                .filter(model -> model.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " is not in " + models));
    }
}
