package dev.graft.training.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.training.job.AdapterPublisher;
import dev.graft.training.job.BaseModel;
import dev.graft.training.settings.TrainingSettings;
import dev.graft.training.store.DurableFiles;
import dev.graft.training.store.Sha256;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Registers through an inference-service, which checks the file against the model that it serves before it writes the registry's record: so no record
 * tells of a file that can't be served.
 */
@Singleton
public class RegistryOverHttp implements AdapterPublisher {
    private static final String UNASKED = "whether the adapter will be taken could not be asked of inference-service: ";

    private final InferenceHttp inference;
    private final TrainingSettings settings;
    private final BaseModel base;

    public RegistryOverHttp(InferenceHttp inference, TrainingSettings settings, BaseModel base) {
        this.inference = inference;
        this.settings = settings;
        this.base = base;
    }

    @Override
    public List<String> check(int rank) throws IOException, InterruptedException {
        try {
            requireRoom(inference.get("/v1/adapters"), rank);
            return List.of();
        } catch (IOException e) {
            return List.of(UNASKED + e.getMessage());
        }
    }

    private void requireRoom(JsonNode registry, int rank) throws IOException {
        if (!registry.path("changes").asBoolean()) {
            throw new FaultException(Fault.input(
                    "changes_not_allowed",
                    "graft.inference.url",
                    settings.inference().url(),
                    "takes no adapters (graft.adapters.changes): name an inference-service that does"));
        }
        String served = registry.path("base_sha256").asText();
        if (!served.equals(base.sha256())) {
            throw new FaultException(Fault.input(
                    "other_base",
                    "graft.model.file",
                    base.sha256(),
                    "is not the file that is served, which is " + served + ": train on that one"));
        }
        int most = registry.path("rank").asInt();
        if (rank > most) {
            throw new FaultException(
                    Fault.input("rank_too_high", "rank", rank, "at most " + most + " is served (graft.adapters.rank)"));
        }
    }

    @Override
    public Published publish(String name, Path gguf, AdapterLineage lineage, Runnable wanted)
            throws IOException, InterruptedException {
        String sha256 = Sha256.of(gguf);
        wanted.run();
        Path offered = offer(gguf, sha256);
        JsonNode entry = register(body(name, offered, sha256, lineage), gguf, wanted);
        for (JsonNode generation : entry.path("generations")) {
            if (generation.path("sha256").asText().equals(sha256)) {
                return new Published(generation.path("generation").asInt(), sha256);
            }
        }
        throw new FaultException(Fault.internal("not_registered", "the registry does not show the adapter: " + entry));
    }

    /** Puts the file where inference-services may fetch it, under its SHA-256. */
    private Path offer(Path gguf, String sha256) throws IOException {
        Path folder = DurableFiles.createFolder(settings.adapters().folder());
        Path place = folder.resolve(sha256 + ".gguf");
        Path partial = folder.resolve("." + sha256 + "." + UUID.randomUUID() + ".training.part");
        try {
            Files.copy(gguf, partial, StandardCopyOption.REPLACE_EXISTING);
            DurableFiles.replace(partial, place);
        } finally {
            Files.deleteIfExists(partial);
        }
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
    private JsonNode register(Map<String, Object> body, Path gguf, Runnable wanted) throws InterruptedException {
        try {
            return inference.post("/v1/adapters", body, settings.inference().patience(), status -> false, wanted);
        } catch (FaultException e) {
            Fault fault = e.fault();
            throw new FaultException(
                    fault.kind() == FaultKind.CAPACITY
                            ? Fault.capacity(
                                    "registry_unavailable",
                                    "no inference-service registered the adapter (" + fault.remedy() + "): it lies at "
                                            + gguf + ", register it with graft adapters register")
                            : Fault.input(
                                    fault.code(),
                                    fault.field(),
                                    fault.value(),
                                    fault.remedy() + "; it lies at " + gguf),
                    e);
        }
    }
}
