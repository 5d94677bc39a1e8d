package dev.graft.training.job;

import dev.graft.contracts.AdapterNames;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.dataset.DataFiles;
import dev.graft.training.dataset.DatasetReport;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.dataset.ModelTokens;
import dev.graft.training.recipe.Recipes;
import dev.graft.training.settings.TrainingSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Takes jobs and words to them; what can be seen to be wrong at once is refused at once. */
@Singleton
public class JobDesk {
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

    private final JobBook book;
    private final JobLog log;
    private final DataFiles files;
    private final BaseModel base;
    private final Datasets datasets;
    private final int exampleTokens;

    public JobDesk(
            JobBook book, JobLog log, DataFiles files, BaseModel base, Datasets datasets, TrainingSettings settings) {
        this.book = book;
        this.log = log;
        this.files = files;
        this.base = base;
        this.datasets = datasets;
        exampleTokens = settings.training().exampleTokens();
    }

    /**
     * Queues a job, and returns when it is known here. A job that is safe is never told as a failure, however late its event is read: who asked would
     * ask again, and have two.
     *
     * @throws FaultException where it can't be trained as it is asked for
     */
    public Job open(TrainingRequest asked) throws IOException, InterruptedException {
        check(asked);
        TrainingRequest request = decided(asked);
        var queued = new TrainingEvent.Queued(request.id(), Instant.now(), request, 0);
        log.queue(queued);
        book.await(request.id(), job -> true, SEEN_WITHIN);
        return book.find(request.id()).orElseGet(() -> Job.queued(queued));
    }

    /** The same, with what would otherwise be looked up when it is begun, and may have changed by then. */
    TrainingRequest decided(TrainingRequest asked) throws IOException {
        return new TrainingRequest(
                asked.id(),
                asked.adapter(),
                asked.model(),
                files.withFormats(asked.data()),
                asked.recipe(),
                asked.checks(),
                asked.metadata());
    }

    /** @throws FaultException {@code job_not_found} */
    public Job find(String id) {
        return book.find(id)
                .orElseThrow(() -> new FaultException(
                        Fault.input("job_not_found", "fine_tuning_job_id", id, "there is no such job")));
    }

    /** Ends a job without an adapter. */
    public Job cancel(String id) throws InterruptedException {
        requireGoingOn(id, "cancelled");
        log.control(new TrainingControl.Cancel(id));
        return known(id, job -> job.status().ended());
    }

    /** Keeps a job's state and frees its worker. */
    public Job pause(String id) throws InterruptedException {
        requireGoingOn(id, "paused");
        log.control(new TrainingControl.Pause(id));
        return known(id, job -> job.status() == JobStatus.PAUSED || job.status().ended());
    }

    /** Has a paused job go on. */
    public Job resume(String id) throws InterruptedException {
        Job job = find(id);
        if (job.status() != JobStatus.PAUSED) {
            throw wrongState(job, "only a paused job can be resumed");
        }
        log.control(new TrainingControl.Resume(id));
        return known(id, resumed -> resumed.status() != JobStatus.PAUSED);
    }

    /** What can be said without reading the data. */
    void check(TrainingRequest request) throws IOException {
        JobIds.require(request.id());
        AdapterNames.name("suffix", request.adapter());
        request.model().ifPresent(base::require);
        if (request.adapter().equals(base.name())) {
            throw new FaultException(
                    Fault.input("invalid_adapter", "suffix", request.adapter(), "is the base model's name"));
        }
        request.recipe().ifPresent(Recipes::of);
        request.checks().ifPresent(Rhythm::check);
        JobMetadata.check(request.metadata());
        requireFiles(request.data());
        FittingParts.require(request);
    }

    /**
     * What a job on this data would be told of it.
     *
     * @param seed which examples are kept back follows from it
     * @throws FaultException where it can't be read as it is asked for
     */
    public DatasetReport report(TrainingData data, long seed) throws IOException {
        requireFiles(data);
        FittingParts.requireShare(data);
        return datasets.report(data, new ModelTokens(base.header(), exampleTokens), seed);
    }

    private void requireFiles(TrainingData data) throws IOException {
        requireFile("training_file", Optional.of(data.file()));
        requireFile("validation_file", data.validation());
    }

    private void requireFile(String field, Optional<String> id) throws IOException {
        if (id.isPresent() && files.find(id.get()).isEmpty()) {
            throw new FaultException(Fault.input("file_not_found", field, id.get(), "upload it first: POST /v1/files"));
        }
    }

    private void requireGoingOn(String id, String word) {
        Job job = find(id);
        if (job.status().ended()) {
            throw wrongState(job, "has ended and can't be " + word);
        }
    }

    private static FaultException wrongState(Job job, String remedy) {
        return new FaultException(
                Fault.input("job_state", "status", job.status().word(), remedy));
    }

    /** The job as it stands once this is so, or when that takes long. */
    private Job known(String id, Predicate<Job> so) throws InterruptedException {
        book.await(id, so, SEEN_WITHIN);
        return find(id);
    }
}
