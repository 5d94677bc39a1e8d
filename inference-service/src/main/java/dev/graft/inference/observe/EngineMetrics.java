package dev.graft.inference.observe;

import dev.graft.inference.adapter.AdapterRef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What the engine says of its steps. Cheap enough for the decode thread; safe to call from any. */
@Singleton
public class EngineMetrics {
    private static final Duration[] STEP_BUCKETS = MeterBuckets.milliseconds(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000);

    private final MeterRegistry registry;
    private final DistributionSummary batch;
    private final Timer step;
    private final WeightTags tags;
    private final Map<Tags, Tokens> tokens = new ConcurrentHashMap<>();

    public EngineMetrics(MeterRegistry registry, WeightTags tags) {
        this.registry = registry;
        this.tags = tags;
        batch = DistributionSummary.builder(MeterNames.BATCH_TOKENS)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(registry);
        step = Timer.builder(MeterNames.STEP_TIME)
                .serviceLevelObjectives(STEP_BUCKETS)
                .register(registry);
    }

    /**
     * One decode step is over.
     *
     * @param batchTokens all tokens of the step
     * @param nanos how long it took
     */
    public void onStep(int batchTokens, long nanos) {
        batch.record(batchTokens);
        step.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Tokens that prompts and labels had in a step. */
    public void onPrefill(Optional<AdapterRef> weights, int count) {
        of(weights).prefill.increment(count);
    }

    /** Tokens that answers had drawn, in a step. */
    public void onDecode(Optional<AdapterRef> weights, int count) {
        of(weights).decode.increment(count);
    }

    /** A request has ended: so many of its prompt's tokens were cached, so many had to be computed. */
    public void onPrefix(Optional<AdapterRef> weights, int hitTokens, int missTokens) {
        Tokens counters = of(weights);
        counters.prefixHit.increment(hitTokens);
        counters.prefixMiss.increment(missTokens);
    }

    private Tokens of(Optional<AdapterRef> weights) {
        return tokens.computeIfAbsent(tags.of(weights), Tokens::new);
    }

    /** The counters of one adapter and generation. */
    private final class Tokens {
        private final Counter prefill;
        private final Counter decode;
        private final Counter prefixHit;
        private final Counter prefixMiss;

        private Tokens(Tags tags) {
            prefill = registry.counter(MeterNames.PREFILL_TOKENS, tags);
            decode = registry.counter(MeterNames.DECODE_TOKENS, tags);
            prefixHit = registry.counter(MeterNames.PREFIX_HIT_TOKENS, tags);
            prefixMiss = registry.counter(MeterNames.PREFIX_MISS_TOKENS, tags);
        }
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

    /** Registers the gauge of how adapters are computed; to be called once. */
    public void mixed(boolean inOneDecode) {
        gauge(MeterNames.ADAPTERS_MIXED, () -> inOneDecode ? 1 : 0);
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
