package dev.graft.training.job;

import dev.graft.training.dataset.DataFiles;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.settings.TrainingSettings;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Puts together what jobs need, as the settings say. Nothing of it reads the model before a job comes. */
@Singleton
class JobSetup {
    private final TrainingSettings settings;

    JobSetup(TrainingSettings settings) {
        this.settings = settings;
    }

    @Produces
    @Singleton
    DataFiles files() {
        return new DataFiles(
                settings.training().folder().resolve("files"),
                settings.training().fileBytes());
    }

    @Produces
    @Singleton
    JobFolders folders() {
        return new JobFolders(settings.training().folder());
    }

    @Produces
    @Singleton
    Datasets datasets(DataFiles files) {
        return new Datasets(files, settings.training().examples());
    }

    @Produces
    @Singleton
    Worker.Shop shop(
            JobBook book,
            JobLog log,
            JobDesk desk,
            Datasets datasets,
            JobFolders folders,
            BaseModel base,
            Learners learners,
            AdapterPublisher publisher,
            ServedModel served,
            RunWatch watch,
            OpenTelemetry telemetry) {
        return new Worker.Shop(
                book,
                log,
                desk,
                folders,
                datasets,
                base,
                learners,
                publisher,
                new AdapterOutput(folders, base, publisher),
                new AgreementCheck(served),
                watch,
                new Phases(telemetry),
                InstantSource.system(),
                settings.training().exampleTokens(),
                settings.training().checkpoints(),
                settings.training().checkpointEvery());
    }
}
