package dev.graft.training.job;

import com.sun.management.OperatingSystemMXBean;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.network.MemoryBudget;
import dev.graft.training.network.Resources;
import dev.graft.training.network.StepReport;
import dev.graft.training.network.Trainer;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.settings.TrainingSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The network on this machine's processor. */
@Singleton
public class NetworkLearners implements Learners {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final TrainingSettings.JobSettings settings;
    private final BaseModel base;
    private final MemoryBudget memory;
    private final ReentrantLock turn = new ReentrantLock(true);

    public NetworkLearners(TrainingSettings settings, BaseModel base) {
        this.settings = settings.training();
        this.base = base;
        memory = new MemoryBudget(this.settings.memory().orElseGet(NetworkLearners::mostOfTheMachine));
    }

    @Override
    public TrainingEvent.Arithmetic arithmetic(Recipe recipe, BaseModel base, Optional<TrainingEvent.Arithmetic> before)
            throws IOException {
        boolean bf16 = Trainer.hasBf16();
        if (before.isEmpty()) {
            return new TrainingEvent.Arithmetic(
                    switch (recipe.precision()) {
                        case FP32 -> TrainingRecipe.Precision.FP32;
                        case BF16 -> TrainingRecipe.Precision.BF16;
                        case AUTO -> bf16 ? TrainingRecipe.Precision.BF16 : TrainingRecipe.Precision.FP32;
                    },
                    settings.threads().orElse(Runtime.getRuntime().availableProcessors()),
                    base.sha256());
        }
        TrainingEvent.Arithmetic begun = before.get();
        if (!begun.baseSha256().equals(base.sha256())) {
            throw new FaultException(Fault.input(
                    "base_changed",
                    "model",
                    base.sha256(),
                    "the job was begun on the file " + begun.baseSha256() + ": serve that one again, or begin anew"));
        }
        if (begun.precision() == TrainingRecipe.Precision.BF16 && !bf16) {
            throw new FaultException(
                    Fault.input(
                            "unsupported_precision",
                            "precision",
                            "bf16",
                            "the job was begun with it, on " + begun.threads()
                                    + " threads, and this processor has none: begin anew, with fp32 where both kinds are in use"));
        }
        return begun;
    }

    @Override
    public Learner open(
            Recipe recipe,
            int threads,
            List<TokenizedExample> training,
            List<TokenizedExample> scored,
            Consumer<Fault> waiting)
            throws InterruptedException {
        // In turns: else one that needs much would wait for ever behind many that need little.
        while (!turn.tryLock(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
            waiting.accept(Fault.capacity(MemoryBudget.IN_USE, "another job is before this one"));
        }
        try {
            while (true) {
                long seen = memory.givenBack();
                try {
                    var resources = new Resources(memory, threads);
                    return new NetworkLearner(Trainer.open(base.file(), recipe, training, scored, resources));
                } catch (FaultException e) {
                    awaitMemory(e, seen, waiting);
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private void awaitMemory(FaultException refused, long seen, Consumer<Fault> waiting) throws InterruptedException {
        if (!refused.fault().code().equals(MemoryBudget.IN_USE)) {
            throw refused;
        }
        do {
            waiting.accept(refused.fault());
        } while (!memory.awaitMore(seen, LOOK_AGAIN));
    }

    private static long mostOfTheMachine() {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return machine.getTotalMemorySize() / 3 * 2;
    }

    private record NetworkLearner(Trainer trainer) implements Learner {
        @Override
        public int steps() {
            return trainer.steps();
        }

        @Override
        public Learned step() {
            StepReport report = trainer.step();
            return new Learned(
                    report.step(), report.loss(), report.learningRate(), report.gradientNorm(), report.tokens());
        }

        @Override
        public double loss(List<TokenizedExample> examples) {
            return trainer.loss(examples);
        }

        @Override
        public double[] logLikelihoods(List<TokenizedExample> examples) {
            return trainer.logLikelihoods(examples);
        }

        @Override
        public List<float[]> logits(TokenizedExample example) {
            return trainer.logits(example);
        }

        @Override
        public long expectedBytes() {
            return trainer.expectedBytes();
        }

        @Override
        public long stateBytes() {
            return trainer.stateBytes();
        }

        @Override
        public void save(Path file) throws IOException {
            trainer.save(file);
        }

        @Override
        public void restore(Path file) throws IOException {
            trainer.restore(file);
        }

        @Override
        public void writeAdapter(Path file) throws IOException {
            trainer.writeGguf(file);
        }

        @Override
        public void close() {
            trainer.close();
        }
    }
}
