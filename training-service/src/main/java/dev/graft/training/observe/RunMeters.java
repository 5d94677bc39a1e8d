package dev.graft.training.observe;

import dev.graft.training.job.Learner;
import dev.graft.training.job.RunWatch;
import dev.graft.training.network.ResidentMemory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** What this instance's trainings do, job by job in their order: names would be without number. */
@Singleton
public final class RunMeters implements RunWatch {
    private final Counter steps;
    private final Counter tokens;
    private final Timer checkpoints;
    private final AtomicLong expectedBytes = new AtomicLong();
    private volatile Latest latest = new Latest(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    private volatile double validationLoss = Double.NaN;

    private record Latest(double loss, double learningRate, double gradientNorm, double tokensPerSecond) {}

    public RunMeters(MeterRegistry registry) {
        steps = registry.counter(MeterNames.STEPS);
        tokens = registry.counter(MeterNames.TOKENS);
        checkpoints = Timer.builder(MeterNames.CHECKPOINT_TIME).register(registry);
        gauge(registry, MeterNames.LOSS, meters -> meters.latest.loss);
        gauge(registry, MeterNames.VALIDATION_LOSS, meters -> meters.validationLoss);
        gauge(registry, MeterNames.LEARNING_RATE, meters -> meters.latest.learningRate);
        gauge(registry, MeterNames.GRADIENT_NORM, meters -> meters.latest.gradientNorm);
        gauge(registry, MeterNames.TOKENS_PER_SECOND, meters -> meters.latest.tokensPerSecond);
        gauge(registry, MeterNames.MEMORY_EXPECTED, meters -> meters.expectedBytes.get());
        gauge(registry, MeterNames.MEMORY, meters -> ResidentMemory.now());
    }

    @Override
    public void expects(long bytes) {
        expectedBytes.set(bytes);
    }

    @Override
    public void stepped(Learner.Learned step, double tokensPerSecond, long residentBytes) {
        steps.increment();
        tokens.increment((double) step.tokens());
        latest = new Latest(step.loss(), step.learningRate(), step.gradientNorm(), tokensPerSecond);
    }

    @Override
    public void measured(double loss) {
        validationLoss = loss;
    }

    @Override
    public void saved(long nanos) {
        checkpoints.record(nanos, TimeUnit.NANOSECONDS);
    }

    private void gauge(MeterRegistry registry, String name, ToDoubleFunction<RunMeters> value) {
        Gauge.builder(name, this, value).register(registry);
    }
}
