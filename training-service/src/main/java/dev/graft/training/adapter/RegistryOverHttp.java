package dev.graft.training.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.job.AdapterPublisher;
import dev.graft.training.job.BaseModel;
import dev.graft.training.settings.TrainingSettings;
import dev.graft.training.store.DurableFiles;
import dev.graft.training.store.Sha256;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Registers through an inference-service, which checks the file against the model that it serves before it writes the registry's record: so no record
 * tells of a file that can't be served.
 */
@Singleton
public class RegistryOverHttp implements AdapterPublisher {
    private static final int OK = 200;
    private static final int INTERNAL = 500;
    private static final long RETRY_MS = 500;
    private static final Duration ONE_CALL = Duration.ofMinutes(1);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final TrainingSettings settings;
    private final BaseModel base;

    public RegistryOverHttp(TrainingSettings settings, BaseModel base) {
        this.settings = settings;
        this.base = base;
    }

    @Override
    public Published publish(String name, Path gguf, AdapterLineage lineage) throws IOException, InterruptedException {
        String sha256 = Sha256.of(gguf);
        Path offered = offer(gguf, sha256);
        JsonNode entry = register(EventJson.write(body(name, offered, sha256, lineage)), gguf);
        for (JsonNode generation : entry.path("generations")) {
            if (generation.path("sha256").asText().equals(sha256)) {
                return new Published(generation.path("generation").asInt(), sha256);
            }
        }
        throw new FaultException(Fault.internal("not_registered", "the registry does not show the adapter: " + entry));
    }

    /** Puts the file where inference-services may fetch it, under its SHA-256. */
    private Path offer(Path gguf, String sha256) throws IOException {
        Path folder = Files.createDirectories(settings.adapters().folder());
        Path place = folder.resolve(sha256 + ".gguf");
        Path partial = folder.resolve("." + sha256 + ".training.part");
        Files.copy(gguf, partial, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(partial);
        Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        return place.toAbsolutePath();
    }

    private Map<String, Object> body(String name, Path file, String sha256, AdapterLineage lineage) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("source", file.toUri().toString());
        body.put("sha256", sha256);
        body.put("base_sha256", base.sha256());
        body.put("state", "live");
        Map<String, Object> from = new LinkedHashMap<>();
        lineage.datasetSha256().ifPresent(sha -> from.put("dataset_sha256", sha));
        lineage.template().ifPresent(template -> from.put("template", template));
        lineage.recipe().ifPresent(recipe -> from.put("recipe", recipe));
        lineage.job().ifPresent(job -> from.put("job", job));
        body.put("lineage", from);
        return body;
    }

    /** A service that is away or busy is asked again: hours of training must not be lost to a restart. */
    private JsonNode register(byte[] body, Path gguf) throws InterruptedException {
        var request = HttpRequest.newBuilder(settings.inference().url().resolve("/v1/adapters"))
                .timeout(ONE_CALL)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        long end = System.nanoTime() + settings.inference().patience().toNanos();
        while (true) {
            String trouble;
            try {
                HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() == OK) {
                    return EventJson.read(response.body(), JsonNode.class);
                }
                trouble = "it answered " + response.statusCode();
                if (!passing(response.statusCode())) {
                    throw refused(response.body(), gguf);
                }
            } catch (IOException e) {
                trouble = e.toString();
            }
            if (System.nanoTime() > end) {
                throw new FaultException(Fault.capacity(
                        "registry_unavailable",
                        "no inference-service registered the adapter (" + trouble + "): it lies at " + gguf
                                + ", register it with graft adapters register"));
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }

    private static boolean passing(int status) {
        return status == 408 || status == 429 || status >= INTERNAL;
    }

    private static FaultException refused(byte[] body, Path gguf) {
        JsonNode error = EventJson.read(body, JsonNode.class).path("error");
        return new FaultException(Fault.input(
                error.path("code").asText("adapter_refused"),
                error.path("param").asText(),
                error.path("value").asText(),
                error.path("remedy").asText(error.path("message").asText("inference-service refused the adapter"))
                        + "; it lies at " + gguf));
    }
}
