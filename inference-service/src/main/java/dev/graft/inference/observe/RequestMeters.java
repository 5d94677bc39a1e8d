package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.Served;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.answer.AnswerEvent.Done;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The meters of requests, by adapter and generation. */
@Singleton
public class RequestMeters {
    private static final Duration[] WAITS =
            MeterBuckets.milliseconds(1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000);
    private static final Duration[] GAPS =
            MeterBuckets.milliseconds(1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000);

    private final MeterRegistry registry;
    private final WeightTags tags;
    private final Map<Tags, Of> byWeights = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry, WeightTags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** The meters of what was served by these weights. */
    Of of(Served served) {
        return byWeights.computeIfAbsent(tags.of(served), Of::new);
    }

    /** A request that got no answer, by the fault's code. */
    void refused(Fault fault, Optional<AdapterRef> weights) {
        registry.counter(MeterNames.REQUESTS, tags.of(weights).and(MeterNames.OUTCOME, fault.code()))
                .increment();
    }

    /** The meters of one adapter and generation. */
    final class Of {
        private final Timer firstToken;
        private final Timer gap;
        private final Timer queue;
        private final Timer whole;
        private final Counter prompt;
        private final Counter cached;
        private final Counter generation;
        private final Counter answered;

        private Of(Tags tags) {
            firstToken = timer(MeterNames.TIME_TO_FIRST_TOKEN, tags, WAITS);
            gap = timer(MeterNames.INTER_TOKEN_LATENCY, tags, GAPS);
            queue = timer(MeterNames.QUEUE_TIME, tags, WAITS);
            whole = timer(MeterNames.REQUEST_TIME, tags, WAITS);
            prompt = registry.counter(MeterNames.PROMPT_TOKENS, tags);
            cached = registry.counter(MeterNames.CACHED_PROMPT_TOKENS, tags);
            generation = registry.counter(MeterNames.GENERATION_TOKENS, tags);
            answered = registry.counter(MeterNames.REQUESTS, tags.and(MeterNames.OUTCOME, "ok"));
        }

        void answered(Done done, long firstNanos, long totalNanos) {
            firstToken.record(firstNanos, TimeUnit.NANOSECONDS);
            queue.record((long) (done.timings().queueMs() * 1e6), TimeUnit.NANOSECONDS);
            whole.record(totalNanos, TimeUnit.NANOSECONDS);
            prompt.increment(done.usage().promptTokens());
            cached.increment(done.usage().cachedTokens());
            generation.increment(done.usage().completionTokens());
            answered.increment();
        }

        void gap(long nanos) {
            gap.record(nanos, TimeUnit.NANOSECONDS);
        }

        private Timer timer(String name, Tags tags, Duration[] buckets) {
            return Timer.builder(name)
                    .tags(tags)
                    .serviceLevelObjectives(buckets)
                    .register(registry);
        }
    }
}
