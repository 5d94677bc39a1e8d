package dev.graft.inference.observe;

import java.time.Duration;
import java.util.stream.LongStream;

/** Histogram buckets: few, for each is a time series. */
final class MeterBuckets {
    static Duration[] milliseconds(long... bounds) {
        return LongStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    private MeterBuckets() {}
}
