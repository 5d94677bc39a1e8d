package dev.graft.inference.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What the engine says of its steps. Cheap enough for the decode thread; safe to call from any. */
@Singleton
public class EngineMetrics {
    private static final Duration[] STEP_BUCKETS = MeterBuckets.milliseconds(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000);

    private final MeterRegistry registry;
    private final DistributionSummary batch;
    private final Timer step;
    private final Counter prefill;
    private final Counter decode;
    private final Counter prefixHit;
    private final Counter prefixMiss;

    public EngineMetrics(MeterRegistry registry) {
        this.registry = registry;
        batch = DistributionSummary.builder(MeterNames.BATCH_TOKENS)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(registry);
        step = Timer.builder(MeterNames.STEP_TIME)
                .serviceLevelObjectives(STEP_BUCKETS)
                .register(registry);
        prefill = registry.counter(MeterNames.PREFILL_TOKENS);
        decode = registry.counter(MeterNames.DECODE_TOKENS);
        prefixHit = registry.counter(MeterNames.PREFIX_HIT_TOKENS);
        prefixMiss = registry.counter(MeterNames.PREFIX_MISS_TOKENS);
    }

    /**
     * One decode step is over.
     *
     * @param batchTokens all tokens of the step
     * @param prefillTokens of these, tokens of prompts and labels
     * @param decodeTokens of these, tokens that answers had drawn
     * @param ms how long it took
     */
    public void onStep(int batchTokens, int prefillTokens, int decodeTokens, double ms) {
        batch.record(batchTokens);
        step.record((long) (ms * 1e6), TimeUnit.NANOSECONDS);
        prefill.increment(prefillTokens);
        decode.increment(decodeTokens);
    }

    /** A request begins: so many of its prompt's tokens were cached, so many must be computed. */
    public void onPrefix(int hitTokens, int missTokens) {
        prefixHit.increment(hitTokens);
        prefixMiss.increment(missTokens);
    }

    /** Registers the KV cache's gauges; to be called once. */
    public void watchCells(IntSupplier used, int all) {
        gauge(MeterNames.KV_CELLS_USED, used);
        gauge(MeterNames.KV_CELLS, () -> all);
    }

    /** Registers the gauges of the model's layers; to be called once. */
    public void offloaded(int onGpu, int all) {
        gauge(MeterNames.LAYERS_ON_GPU, () -> onGpu);
        gauge(MeterNames.LAYERS, () -> all);
    }

    /** Registers the gauges of running and waiting requests; to be called once. */
    public void watchRequests(IntSupplier running, IntSupplier waiting) {
        gauge(MeterNames.REQUESTS_RUNNING, running);
        gauge(MeterNames.REQUESTS_WAITING, waiting);
    }

    private void gauge(String name, IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt).strongReference(true).register(registry);
    }
}
