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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Takes a job and sees it through. A job may be handed out twice: when a worker dies, and when the broker thinks so. Each that takes it says so as a
 * {@code validating} event with the next attempt's number; whoever is not the job's owner by the log's order leaves it, without a trace ({@link Attempt}).
 */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);

    /** A job that took so many workers with it, one after the other and without a checkpoint in between, takes no more. */
    private static final int MOST_FRUITLESS = 5;

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
            AdapterPublisher publisher,
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
     * @throws FaultException where the log can't be written or read: the job is to be handed out again
     */
    public void work(TrainingRequest asked, int deliveries) throws InterruptedException {
        if (!mayBegin(asked, deliveries)) {
            return;
        }
        Optional<Job> known = shop.book().find(asked.id());
        int number = known.map(job -> job.owner().attempt()).orElse(0) + 1;
        var attempt = new Attempt(shop.book(), shop.log(), asked.id(), new Owner(name, number), () -> stopping);
        if (attempt.confirmed(new TrainingEvent.Validating(asked.id(), now(), name, number))) {
            // What was queued first is what is trained, whatever else was asked for under its id.
            seeThrough(attempt, shop.book().find(asked.id()).orElseThrow());
        } else {
            LOG.infof("%s is another worker's, or is paused", asked.id());
        }
    }

    private void seeThrough(Attempt attempt, Job job) throws InterruptedException {
        try {
            if (job.fruitless() > MOST_FRUITLESS) {
                throw new FaultException(Fault.internal(
                        "workers_died",
                        MOST_FRUITLESS + " workers in a row ended before they could save anything of the job: see their"
                                + " logs; memory may be short"));
            }
            shop.desk().check(job.request());
            train(attempt, job);
        } catch (InterruptedRunException e) {
            LOG.infof("%s went to another worker, or has ended", job.id());
        } catch (FaultException e) {
            if (isOfTheLog(e.fault())) {
                throw e;
            }
            failed(attempt, e.fault());
        } catch (OutOfMemoryError e) {
            LOG.errorf(e, "%s failed", job.id());
            failed(attempt, outOfMemory(e));
        } catch (IOException | RuntimeException | Error e) {
            LOG.errorf(e, "%s failed", job.id());
            failed(attempt, Fault.internal("training_failed", "the training broke off: " + e));
        }
    }

    private static boolean isOfTheLog(Fault fault) {
        return fault.code().equals(JobLog.UNAVAILABLE) || fault.code().equals(JobLog.UNREAD);
    }

    private static Fault outOfMemory(OutOfMemoryError e) {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        return Fault.capacity(
                "out_of_memory",
                "the job does not fit beside what else runs (" + e.getMessage() + "; a heap of " + heap
                        + " MiB): train on fewer or shorter examples, or raise -Xmx (training-service/jvm.options)");
    }

    private boolean mayBegin(TrainingRequest request, int deliveries) {
        Optional<Job> known = shop.book().find(request.id());
        if (known.isEmpty()) {
            shop.log().tell(new TrainingEvent.Queued(request.id(), now(), decided(request), 0));
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
            shop.log().tell(new TrainingEvent.Cancelled(job.id(), now()));
            return false;
        }
        if (job.status().held() && deliveries == 1) {
            LOG.infof("%s was asked for twice; %s has it", job.id(), job.owner().worker());
            return false;
        }
        return true;
    }

    private TrainingRequest decided(TrainingRequest request) {
        try {
            return shop.desk().decided(request);
        } catch (IOException e) {
            return request; // what can't be read is told when it is begun
        }
    }

    private void train(Attempt attempt, Job job) throws IOException, InterruptedException {
        TrainingRequest request = job.request();
        Recipe asked = request.recipe().map(Recipes::of).orElse(Recipe.DEFAULT);
        List<String> warnings = shop.publisher().check(asked.rank());
        TrainingEvent.Arithmetic arithmetic = shop.learners().arithmetic(asked, shop.base(), job.arithmetic());
        Recipe recipe = Recipes.computedIn(asked, arithmetic.precision());
        Datasets.Read data = shop.phases().in("validate", request.id(), () -> read(attempt, request, recipe, warnings));
        try (Learner learner = shop.learners()
                .open(
                        recipe,
                        arithmetic.threads(),
                        data.dataset().training(),
                        data.dataset().scored(),
                        new WaitingForMemory(attempt, shop.clock()))) {
            Rhythm rhythm = Rhythm.of(
                    request.checks().orElse(TrainingChecks.defaults()), learner.steps(), shop.checkpointAfter());
            var checkpoints =
                    new Checkpoints(shop.folders().checkpoints(request.id()), attempt.number(), shop.checkpoints());
            var run =
                    new TrainingRun(attempt, learner, data.dataset(), checkpoints, rhythm, shop.watch(), shop.clock());
            shop.watch().expects(learner.expectedBytes());
            attempt.requireMine();
            Progress from = run.restore();
            attempt.tell(running(attempt, from.step(), learner.steps(), learner, arithmetic));
            try {
                Optional<Interruption> interruption = shop.phases().in("train", request.id(), run::run);
                if (interruption.isPresent()) {
                    throw new InterruptedRunException(interruption.get());
                }
                succeeded(attempt, request, recipe, learner, data.dataset(), run, arithmetic);
            } catch (InterruptedRunException e) {
                interrupted(attempt, request, e.why(), run.progress().step());
            }
        } catch (InterruptedRunException e) {
            interrupted(attempt, request, e.why(), job.pace().step());
        }
    }

    private Datasets.Read read(Attempt attempt, TrainingRequest request, Recipe recipe, List<String> warnings)
            throws IOException {
        var tokens = new ModelTokens(shop.base().header(), shop.exampleTokens());
        Datasets.Read read = shop.datasets()
                .read(
                        request.data(),
                        tokens,
                        recipe.seed(),
                        report -> DurableFiles.write(shop.folders().report(request.id()), EventJson.write(report)));
        List<String> all = new ArrayList<>(read.report().warnings());
        all.addAll(warnings);
        attempt.tell(new TrainingEvent.Validated(
                request.id(),
                now(),
                attempt.number(),
                read.dataset().training().size(),
                read.dataset().validation().size(),
                read.dataset().training().stream()
                        .mapToLong(example -> example.tokens().length)
                        .sum(),
                all));
        return read;
    }

    private TrainingEvent running(
            Attempt attempt, int step, int steps, Learner learner, TrainingEvent.Arithmetic arithmetic) {
        return new TrainingEvent.Running(
                attempt.job(),
                now(),
                attempt.worker(),
                attempt.number(),
                step,
                steps,
                OptionalLong.of(learner.expectedBytes()),
                arithmetic);
    }

    /** @param step the last one done */
    private void interrupted(Attempt attempt, TrainingRequest request, Interruption why, int step) {
        switch (why) {
            case PAUSE -> attempt.tell(new TrainingEvent.Paused(request.id(), now(), attempt.number(), step));
            case CANCEL -> attempt.tell(new TrainingEvent.Cancelled(request.id(), now()));
            case GIVE_BACK -> {
                // Asked for anew rather than handed back: a job may outlive more restarts than a record has deliveries.
                attempt.requireMine();
                shop.log().queue(new TrainingEvent.Queued(request.id(), now(), request, attempt.number()));
            }
            case LOST -> LOG.infof("%s went to another worker, or has ended", request.id());
        }
    }

    private void succeeded(
            Attempt attempt,
            TrainingRequest request,
            Recipe recipe,
            Learner learner,
            Dataset dataset,
            TrainingRun run,
            TrainingEvent.Arithmetic arithmetic)
            throws IOException, InterruptedException {
        int steps = run.progress().step();
        if (!attempt.confirmed(running(attempt, steps, steps, learner, arithmetic))) {
            throw new InterruptedRunException(Interruption.LOST);
        }
        AdapterPublisher.Published published = shop.phases()
                .in(
                        "publish",
                        request.id(),
                        () -> shop.output().write(request, learner, lineage(request, recipe), attempt::requireWanted));
        String live = request.adapter() + "@" + published.generation();
        List<String> warnings = new ArrayList<>(run.warnings());
        Optional<ServingAgreement> agreement = agreement(attempt, live, learner, dataset, warnings);
        attempt.tell(new TrainingEvent.Succeeded(
                request.id(),
                now(),
                attempt.number(),
                request.adapter(),
                published.generation(),
                published.sha256(),
                run.exported(),
                run.progress().trainedTokens(),
                agreement,
                warnings));
    }

    /** Empty, with a warning, where nobody could be asked: the adapter is as good without. */
    private Optional<ServingAgreement> agreement(
            Attempt attempt, String live, Learner learner, Dataset dataset, List<String> warnings)
            throws InterruptedException {
        try {
            return Optional.of(shop.phases()
                    .in("compare", attempt.job(), () -> shop.agreement().of(live, learner, dataset)));
        } catch (FaultException | IOException e) {
            LOG.warnf("%s could not be compared with what was trained: %s", live, e.getMessage());
            warnings.add("what serves " + live + " could not be compared with what was trained: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static AdapterLineage lineage(TrainingRequest request, Recipe recipe) {
        return new AdapterLineage(
                Optional.of(request.data().file().substring("file-".length())),
                request.data().template().flatMap(TrainingData.Template::version),
                Optional.of(Recipes.summary(recipe)),
                Optional.of(request.id()));
    }

    private void failed(Attempt attempt, Fault fault) {
        if (attempt.lost()) {
            LOG.infof("%s went to another worker, or has ended; here it failed: %s", attempt.job(), fault.message());
            return;
        }
        LOG.warnf("%s: %s", attempt.job(), fault.message());
        Span.current().setAttribute("error.type", fault.code()).setStatus(StatusCode.ERROR, fault.message());
        shop.log().tell(new TrainingEvent.Failed(attempt.job(), now(), attempt.number(), fault));
    }

    private Instant now() {
        return shop.clock().instant();
    }
}
