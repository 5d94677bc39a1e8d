package dev.graft.training.events;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Topics;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingRequest;
import dev.graft.testing.broker.RealBroker;
import dev.graft.training.adapter.InferenceHttp;
import dev.graft.training.adapter.RegistryOverHttp;
import dev.graft.training.adapter.ServedModelOverHttp;
import dev.graft.training.dataset.DataFile;
import dev.graft.training.dataset.DataFiles;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.job.AdapterOutput;
import dev.graft.training.job.AgreementCheck;
import dev.graft.training.job.BaseModel;
import dev.graft.training.job.Job;
import dev.graft.training.job.JobBook;
import dev.graft.training.job.JobDesk;
import dev.graft.training.job.JobFolders;
import dev.graft.training.job.NetworkLearners;
import dev.graft.training.job.Phases;
import dev.graft.training.job.RunWatch;
import dev.graft.training.job.Worker;
import dev.graft.training.settings.SettingsOf;
import dev.graft.training.settings.TrainingSettings;
import io.opentelemetry.api.OpenTelemetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A training-service without its HTTP door, at a real broker; several share a folder. */
final class Instance implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final JobBook book = new JobBook();
    private final DataFiles files;
    private final JobDesk desk;
    private final Connections connections;
    private final KafkaLog log;
    private final JobDoor door;

    private Instance(TrainingSettings settings) {
        var base = new BaseModel(settings);
        var folders = new JobFolders(settings.training().folder());
        files = new DataFiles(settings.training().folder().resolve("files"), 1 << 20);
        connections = new Connections(settings.kafka());
        var tracing = new Tracing(OpenTelemetry.noop());
        log = new KafkaLog(connections, tracing, InstantSource.system());
        var inference = new InferenceHttp(settings, OpenTelemetry.noop());
        var datasets = new Datasets(files, 1000);
        var registry = new RegistryOverHttp(inference, settings, base);
        desk = new JobDesk(book, log, files, base, datasets, settings);
        var shop = new Worker.Shop(
                book,
                log,
                desk,
                folders,
                datasets,
                base,
                new NetworkLearners(settings, base),
                registry,
                new AdapterOutput(folders, base, registry),
                new AgreementCheck(new ServedModelOverHttp(inference)),
                RunWatch.NOBODY,
                new Phases(OpenTelemetry.noop()),
                InstantSource.system(),
                512,
                3,
                Duration.ofSeconds(30));
        door = new JobDoor(settings, book, log, tracing, () -> shop);
    }

    /** Open when this returns: all jobs are known to it. */
    static Instance open(RealBroker broker, Path folder) throws InterruptedException {
        var instance = new Instance(SettingsOf.these(Map.of(
                "graft.kafka.bootstrap", broker.bootstrap(),
                "graft.training.folder", folder.resolve("training").toString(),
                "graft.adapters.folder", folder.resolve("adapters").toString())));
        instance.door.open();
        return instance;
    }

    KafkaLog log() {
        return log;
    }

    /** Sends a request as somebody does who knows Kafka alone. */
    void ask(TrainingRequest request) {
        try (var producer = connections.producer()) {
            producer.send(new ProducerRecord<>(
                            Topics.TRAINING_REQUESTS,
                            request.id().getBytes(StandardCharsets.UTF_8),
                            EventJson.write(request)))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    JobDesk desk() {
        return desk;
    }

    JobBook book() {
        return book;
    }

    DataFile upload(String content) throws IOException {
        return files.keep(
                new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)), "data.jsonl", "fine-tune");
    }

    static TrainingRequest request(String id, DataFile file) {
        return new TrainingRequest(
                id,
                "reviews",
                Optional.empty(),
                new TrainingData(
                        file.id(),
                        Optional.empty(),
                        OptionalDouble.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** The job once it is so. */
    Job await(String id, Predicate<Job> so) throws InterruptedException {
        if (!book.await(id, so, PATIENCE)) {
            throw new AssertionError(id + " is " + book.find(id) + " after " + book.events(id, -1));
        }
        return book.find(id).orElseThrow();
    }

    @Override
    public void close() {
        door.close();
        log.close();
    }
}
