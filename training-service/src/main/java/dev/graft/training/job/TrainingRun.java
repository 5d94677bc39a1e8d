package dev.graft.training.job;

import dev.graft.contracts.FaultException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * The steps of one job, from its newest checkpoint on. What is measured and when depends on the step alone, so that a run which was interrupted ends in
 * the very adapter of one that was not.
 */
final class TrainingRun {
    private static final Logger LOG = Logger.getLogger(TrainingRun.class);

    private final Attempt attempt;
    private final Learner learner;
    private final Dataset dataset;
    private final Checkpoints checkpoints;
    private final Rhythm rhythm;
    private final RunWatch watch;
    private final InstantSource clock;
    private final List<String> warnings = new ArrayList<>();
    private long mostBytes;
    private Progress progress = Progress.none();
    private Instant savedAt;
    private int exported;

    /** @param attempt asked before each step, and before anything is saved */
    TrainingRun(
            Attempt attempt,
            Learner learner,
            Dataset dataset,
            Checkpoints checkpoints,
            Rhythm rhythm,
            RunWatch watch,
            InstantSource clock) {
        this.attempt = attempt;
        this.learner = learner;
        this.dataset = dataset;
        this.checkpoints = checkpoints;
        this.rhythm = rhythm;
        this.watch = watch;
        this.clock = clock;
        this.savedAt = clock.instant();
    }

    /** Goes on from the newest checkpoint, where there is one. */
    Progress restore() throws IOException {
        checkpoints.takeOver();
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

    /** After which step the learner is as it stands: after a whole run, the best. */
    int exported() {
        return exported;
    }

    /** What went wrong and was not told yet. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Steps to the end, and leaves the learner as it was at its best.
     *
     * @return why it ended before; empty where it did not
     * @throws InterruptedRunException where the job was lost in the midst of a step
     */
    Optional<Interruption> run() throws IOException {
        var pacing = new Pacing(System.nanoTime(), progress.step(), progress.trainedTokens());
        while (progress.step() < learner.steps() && !rhythm.givesUp(progress.worse())) {
            Optional<Interruption> interruption = attempt.interruption();
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
        attempt.mention(new TrainingEvent.Step(
                attempt.job(),
                clock.instant(),
                attempt.number(),
                learned.step(),
                learner.steps(),
                learned.loss(),
                learned.learningRate(),
                learned.gradientNorm(),
                pacing.tokensPerSecond(),
                pacing.secondsUntil(learner.steps()),
                progress.trainedTokens(),
                OptionalLong.of(mostBytes),
                warnings()));
        warnings.clear();
        boolean best = rhythm.evaluates(progress.step()) && evaluate();
        if (!best && rhythm.saves(progress.step(), Duration.between(savedAt, clock.instant()))) {
            saveOrWarn();
        }
    }

    /** Measures, and keeps the state where it is the best: that is what may be exported. */
    private boolean evaluate() throws IOException {
        if (dataset.validation().isEmpty()) {
            return false;
        }
        attempt.requireMine();
        double loss = learner.loss(dataset.validation());
        Optional<ClassScores> scores =
                dataset.choices().map(choices -> ClassScores.of(choices, learner.logLikelihoods(choices.candidates())));
        boolean best = progress.isBetter(loss);
        progress = progress.measured(loss);
        watch.measured(loss);
        attempt.mention(new TrainingEvent.Evaluation(
                attempt.job(),
                clock.instant(),
                attempt.number(),
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

    /** A pause promises that nothing is lost; a service that stops does what it can. */
    private void leave(Interruption interruption) throws IOException {
        switch (interruption) {
            case PAUSE -> save();
            case GIVE_BACK -> saveOrWarn();
            case CANCEL, LOST -> {}
        }
    }

    private void save() throws IOException {
        attempt.requireMine();
        long begun = System.nanoTime();
        checkpoints.save(learner::save, learner.stateBytes(), progress);
        watch.saved(System.nanoTime() - begun);
        savedAt = clock.instant();
        attempt.mention(new TrainingEvent.Checkpoint(attempt.job(), savedAt, attempt.number(), progress.step()));
    }

    /** A state on which nothing depends is not worth a training: where it can't be written, the next one may. */
    private void saveOrWarn() {
        try {
            save();
        } catch (IOException | FaultException e) {
            warn("the state after step " + progress.step() + " could not be saved: " + e.getMessage());
            savedAt = clock.instant();
        }
    }

    private void returnToBest() throws IOException {
        exported = progress.step();
        if (progress.bestLoss().isEmpty() || progress.bestStep() == progress.step()) {
            return;
        }
        attempt.requireMine();
        Optional<Checkpoint> best = checkpoints.at(progress.bestStep());
        if (best.isPresent()) {
            learner.restore(best.get().state());
            exported = progress.bestStep();
        } else {
            warn("the best state, of step " + progress.bestStep()
                    + ", is gone or damaged: what is exported is that of step " + progress.step());
        }
    }

    private void warn(String warning) {
        LOG.warnf("%s: %s", attempt.job(), warning);
        warnings.add(warning);
    }
}
