package dev.graft.training.job;

import dev.graft.training.dataset.DataFiles;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.settings.TrainingSettings;
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
    Worker.Shop shop(
            JobBook book,
            JobLog log,
            JobDesk desk,
            DataFiles files,
            JobFolders folders,
            BaseModel base,
            Learners learners,
            AdapterPublisher publisher) {
        return new Worker.Shop(
                book,
                log,
                desk,
                folders,
                new Datasets(files, settings.training().examples()),
                base,
                learners,
                new AdapterOutput(folders, base, publisher),
                InstantSource.system(),
                settings.training().exampleTokens(),
                settings.training().checkpoints(),
                settings.training().checkpointEvery());
    }
}
