package dev.graft.training.job;

import dev.graft.contracts.TrainingEvent;
import dev.graft.training.checkpoint.Checkpoint;
import dev.graft.training.checkpoint.Checkpoints;
import dev.graft.training.checkpoint.Progress;
import dev.graft.training.dataset.Dataset;
import dev.graft.training.network.ResidentMemory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The steps of one job, from its newest checkpoint on. What is measured and when depends on the step alone, so that a run which was interrupted ends in
 * the very adapter of one that was not.
 */
final class TrainingRun {
    private static final Logger LOG = Logger.getLogger(TrainingRun.class);

    private final String id;
    private final Learner learner;
    private final Dataset dataset;
    private final Checkpoints checkpoints;
    private final Rhythm rhythm;
    private final JobLog log;
    private final RunWatch watch;
    private final InstantSource clock;
    private final Supplier<Optional<Interruption>> interruptions;
    private long mostBytes;
    private Progress progress = Progress.none();
    private Instant savedAt;

    /** @param interruptions asked before each step */
    TrainingRun(
            String id,
            Learner learner,
            Dataset dataset,
            Checkpoints checkpoints,
            Rhythm rhythm,
            JobLog log,
            RunWatch watch,
            InstantSource clock,
            Supplier<Optional<Interruption>> interruptions) {
        this.id = id;
        this.learner = learner;
        this.dataset = dataset;
        this.checkpoints = checkpoints;
        this.rhythm = rhythm;
        this.log = log;
        this.watch = watch;
        this.clock = clock;
        this.interruptions = interruptions;
        this.savedAt = clock.instant();
    }

    /** Goes on from the newest checkpoint, where there is one. */
    Progress restore() throws IOException {
        Optional<Checkpoint> newest = checkpoints.newest();
        if (newest.isPresent()) {
            learner.restore(newest.get().state());
            progress = newest.get().progress();
        }
        return progress;
    }

    Progress progress() {
        return progress;
    }

    /**
     * Steps to the end, and leaves the learner as it was at its best.
     *
     * @return why it ended before; empty where it did not
     */
    Optional<Interruption> run() throws IOException {
        var pacing = new Pacing(System.nanoTime(), progress.step(), progress.trainedTokens());
        while (progress.step() < learner.steps() && !rhythm.givesUp(progress.worse())) {
            Optional<Interruption> interruption = interruptions.get();
            if (interruption.isPresent()) {
                leave(interruption.get());
                return interruption;
            }
            step(pacing);
        }
        if (progress.evaluatedAt() < progress.step()) {
            evaluate();
        }
        returnToBest();
        return Optional.empty();
    }

    private void step(Pacing pacing) throws IOException {
        Learner.Learned learned = learner.step();
        progress = progress.after(learned.step(), learned.tokens());
        pacing.mark(System.nanoTime(), progress.step(), progress.trainedTokens());
        long bytes = ResidentMemory.now();
        mostBytes = Math.max(mostBytes, bytes);
        watch.stepped(learned, pacing.tokensPerSecond(), bytes);
        log.mention(new TrainingEvent.Step(
                id,
                clock.instant(),
                learned.step(),
                learner.steps(),
                learned.loss(),
                learned.learningRate(),
                learned.gradientNorm(),
                pacing.tokensPerSecond(),
                pacing.secondsUntil(learner.steps()),
                progress.trainedTokens(),
                OptionalLong.of(mostBytes)));
        boolean best = rhythm.evaluates(progress.step()) && evaluate();
        if (!best && rhythm.saves(progress.step(), Duration.between(savedAt, clock.instant()))) {
            save();
        }
    }

    /** Measures, and keeps the state where it is the best: that is what may be exported. */
    private boolean evaluate() throws IOException {
        if (dataset.validation().isEmpty()) {
            return false;
        }
        double loss = learner.loss(dataset.validation());
        Optional<ClassScores> scores =
                dataset.choices().map(choices -> ClassScores.of(choices, learner.logLikelihoods(choices.candidates())));
        boolean best = progress.isBetter(loss);
        progress = progress.measured(loss);
        watch.measured(loss);
        log.mention(new TrainingEvent.Evaluation(
                id,
                clock.instant(),
                progress.step(),
                loss,
                scores.map(s -> OptionalDouble.of(s.accuracy())).orElse(OptionalDouble.empty()),
                scores.map(s -> OptionalDouble.of(s.macroF1())).orElse(OptionalDouble.empty()),
                best));
        if (best) {
            save();
        }
        return best;
    }

    private void leave(Interruption interruption) throws IOException {
        if (interruption == Interruption.PAUSE || interruption == Interruption.GIVE_BACK) {
            save();
        }
    }

    private void save() throws IOException {
        long begun = System.nanoTime();
        checkpoints.save(learner::save, progress);
        watch.saved(System.nanoTime() - begun);
        savedAt = clock.instant();
        log.mention(new TrainingEvent.Checkpoint(id, savedAt, progress.step()));
    }

    private void returnToBest() throws IOException {
        if (progress.bestLoss().isEmpty() || progress.bestStep() == progress.step()) {
            return;
        }
        Optional<Checkpoint> best = checkpoints.at(progress.bestStep());
        if (best.isPresent()) {
            learner.restore(best.get().state());
        } else {
            LOG.warnf(
                    "%s: the best checkpoint, of step %d, is gone: the last one is exported", id, progress.bestStep());
        }
    }
}
