package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.ServingAgreement;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.checkpoint.Checkpoints;
import dev.graft.training.checkpoint.Progress;
import dev.graft.training.dataset.Dataset;
import dev.graft.training.dataset.Datasets;
import dev.graft.training.dataset.ModelTokens;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipes;
import dev.graft.training.store.DurableFiles;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Takes a job and sees it through. A job may be handed out twice: when a worker dies, and when the broker thinks so. Each that begins says so as a
 * {@code running} event with the next attempt's number; whoever is not the job's owner by the log's order leaves it, without a trace.
 */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);

    /** A job that took so many workers with it takes no more. */
    private static final int MOST_DELIVERIES = 6;

    /**
     * What all workers of a service share.
     *
     * @param exampleTokens most of an example
     * @param checkpoints kept of a job
     * @param checkpointAfter time between two
     */
    public record Shop(
            JobBook book,
            JobLog log,
            JobDesk desk,
            JobFolders folders,
            Datasets datasets,
            BaseModel base,
            Learners learners,
            AdapterOutput output,
            AgreementCheck agreement,
            RunWatch watch,
            Phases phases,
            InstantSource clock,
            int exampleTokens,
            int checkpoints,
            Duration checkpointAfter) {}

    private final Shop shop;
    private final String name;
    private volatile boolean stopping;

    /** @param name different for each worker and each of its lives */
    public Worker(Shop shop, String name) {
        this.shop = shop;
        this.name = name;
    }

    /** From now on what is under way is saved and given back after the step. */
    public void stop() {
        stopping = true;
    }

    /**
     * Sees a job through, as far as it goes; blocks for as long as that takes. What goes wrong becomes the job's {@code failed} event.
     *
     * @param deliveries how often it was handed out, this time included
     * @throws FaultException where the log can't be written: the job is to be handed out again
     */
    public void work(TrainingRequest request, int deliveries) throws InterruptedException {
        try {
            if (mayBegin(request, deliveries)) {
                shop.desk().check(request);
                train(request);
            }
        } catch (FaultException e) {
            failed(request.id(), e.fault());
        } catch (IOException | RuntimeException e) {
            LOG.errorf(e, "%s failed", request.id());
            failed(request.id(), Fault.internal("training_failed", "the training broke off: " + e));
        }
    }

    private boolean mayBegin(TrainingRequest request, int deliveries) {
        Optional<Job> known = shop.book().find(request.id());
        if (known.isEmpty()) {
            tell(new TrainingEvent.Queued(request.id(), now(), request, 0));
            return true;
        }
        Job job = known.get();
        if (job.status().ended() || job.status() == JobStatus.PAUSED) {
            return false;
        }
        if (shop.book()
                .wish(job.id())
                .filter(TrainingControl.Cancel.class::isInstance)
                .isPresent()) {
            tell(new TrainingEvent.Cancelled(job.id(), now()));
            return false;
        }
        if (job.status().held() && deliveries == 1) {
            LOG.infof("%s was asked for twice; %s has it", job.id(), job.owner().worker());
            return false;
        }
        if (deliveries > MOST_DELIVERIES) {
            throw new FaultException(Fault.internal(
                    "workers_died",
                    deliveries - 1 + " workers ended while they had the job: see their logs; memory may be short"));
        }
        return true;
    }

    private void train(TrainingRequest request) throws IOException, InterruptedException {
        tell(new TrainingEvent.Validating(request.id(), now()));
        Recipe recipe = request.recipe().map(Recipes::of).orElse(Recipe.DEFAULT);
        Datasets.Read data = shop.phases().in("validate", request.id(), () -> read(request, recipe));
        try (Learner learner = shop.learners()
                .open(recipe, data.dataset().training(), data.dataset().scored())) {
            Rhythm rhythm = Rhythm.of(
                    request.checks().orElse(TrainingChecks.defaults()), learner.steps(), shop.checkpointAfter());
            var checkpoints = new Checkpoints(shop.folders().checkpoints(request.id()), shop.checkpoints());
            int attempt =
                    shop.book().find(request.id()).map(j -> j.owner().attempt()).orElse(0) + 1;
            var mine = new Owner(name, attempt);
            var run = new TrainingRun(
                    request.id(),
                    learner,
                    data.dataset(),
                    checkpoints,
                    rhythm,
                    shop.log(),
                    shop.watch(),
                    shop.clock(),
                    () -> interruption(request.id(), mine));
            shop.watch().expects(learner.expectedBytes());
            if (!begun(request.id(), mine, run.restore(), learner)) {
                return;
            }
            Optional<Interruption> interruption = shop.phases().in("train", request.id(), run::run);
            if (interruption.isPresent()) {
                interrupted(request, mine, interruption.get(), run.progress());
            } else {
                succeeded(request, recipe, learner, data.dataset(), run.progress());
                checkpoints.clear();
            }
        }
    }

    private Datasets.Read read(TrainingRequest request, Recipe recipe) throws IOException {
        var tokens = new ModelTokens(shop.base().header(), shop.exampleTokens());
        Datasets.Read read = shop.datasets()
                .read(
                        request.data(),
                        tokens,
                        recipe.seed(),
                        report -> DurableFiles.write(shop.folders().report(request.id()), EventJson.write(report)));
        tell(new TrainingEvent.Validated(
                request.id(),
                now(),
                read.dataset().training().size(),
                read.dataset().validation().size(),
                read.dataset().training().stream()
                        .mapToLong(example -> example.tokens().length)
                        .sum(),
                read.report().warnings()));
        return read;
    }

    /** Says that this worker has it, and waits until the log says whether it has. */
    private boolean begun(String id, Owner mine, Progress from, Learner learner) throws InterruptedException {
        tell(new TrainingEvent.Running(
                id,
                now(),
                mine.worker(),
                mine.attempt(),
                from.step(),
                learner.steps(),
                OptionalLong.of(learner.expectedBytes())));
        if (!shop.book().await(id, job -> job.owner().attempt() >= mine.attempt(), SEEN_WITHIN)) {
            throw new FaultException(Fault.capacity("events_unread", "the log of events can't be read"));
        }
        return shop.book().find(id).filter(job -> job.owner().equals(mine)).isPresent();
    }

    private Optional<Interruption> interruption(String id, Owner mine) {
        Optional<Job> job = shop.book().find(id);
        if (job.filter(j -> !j.owner().equals(mine)).isPresent()) {
            return Optional.of(Interruption.LOST);
        }
        Optional<TrainingControl> wish = shop.book().wish(id);
        if (wish.filter(TrainingControl.Cancel.class::isInstance).isPresent()
                || job.filter(j -> j.status() == JobStatus.CANCELLED).isPresent()) {
            return Optional.of(Interruption.CANCEL);
        }
        if (wish.filter(TrainingControl.Pause.class::isInstance).isPresent()) {
            return Optional.of(Interruption.PAUSE);
        }
        return stopping ? Optional.of(Interruption.GIVE_BACK) : Optional.empty();
    }

    private void interrupted(TrainingRequest request, Owner mine, Interruption why, Progress progress)
            throws IOException {
        switch (why) {
            case PAUSE -> tell(new TrainingEvent.Paused(request.id(), now(), progress.step()));
            case CANCEL -> {
                tell(new TrainingEvent.Cancelled(request.id(), now()));
                new Checkpoints(shop.folders().checkpoints(request.id()), 1).clear();
            }
            case GIVE_BACK -> {
                // Asked for anew rather than handed back: a job may outlive more restarts than a record has deliveries.
                shop.log().queue(new TrainingEvent.Queued(request.id(), now(), request, mine.attempt()));
            }
            case LOST -> LOG.infof("%s went to another worker", request.id());
        }
    }

    private void succeeded(TrainingRequest request, Recipe recipe, Learner learner, Dataset dataset, Progress progress)
            throws IOException, InterruptedException {
        AdapterPublisher.Published published = shop.phases()
                .in("publish", request.id(), () -> shop.output().write(request, learner, lineage(request, recipe)));
        String live = request.adapter() + "@" + published.generation();
        Optional<ServingAgreement> agreement =
                shop.phases().in("compare", request.id(), () -> shop.agreement().of(live, learner, dataset));
        int exported = progress.bestLoss().isPresent() ? progress.bestStep() : progress.step();
        tell(new TrainingEvent.Succeeded(
                request.id(),
                now(),
                request.adapter(),
                published.generation(),
                published.sha256(),
                exported,
                progress.trainedTokens(),
                agreement));
    }

    private static AdapterLineage lineage(TrainingRequest request, Recipe recipe) {
        return new AdapterLineage(
                Optional.of(request.data().file().substring("file-".length())),
                request.data().template().flatMap(TrainingData.Template::version),
                Optional.of(Recipes.summary(recipe)),
                Optional.of(request.id()));
    }

    private void failed(String id, Fault fault) {
        LOG.warnf("%s: %s", id, fault.message());
        Span.current().setAttribute("error.type", fault.code()).setStatus(StatusCode.ERROR, fault.message());
        tell(new TrainingEvent.Failed(id, now(), fault));
    }

    private void tell(TrainingEvent event) {
        shop.log().tell(event);
    }

    private Instant now() {
        return shop.clock().instant();
    }
}
