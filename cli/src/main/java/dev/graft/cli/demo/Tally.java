package dev.graft.cli.demo;

import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.contracts.PromptResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gathers the results of one template, from the moment that it is made. */
final class Tally {
    private final List<Double> millis = new ArrayList<>();
    private final long start = System.nanoTime();
    private final LabelMode mode;
    private String template;
    private final Set<String> right = new HashSet<>();
    private int none;
    private int failed;
    private long prompt;
    private long cached;

    Tally(String template, LabelMode mode) {
        this.mode = mode;
        this.template = template;
    }

    void add(PromptResult result, Review review, Duration latency) {
        millis.add(latency.toNanos() / 1e6);
        switch (result) {
            case PromptResult.Answered answered -> {
                template = answered.template() + "@" + answered.version();
                prompt += answered.usage().promptTokens();
                cached += answered.usage().cachedTokens();
                none += answered.valid() ? 0 : 1;
                if (answered.valid()
                        && answered.text()
                                .strip()
                                .equalsIgnoreCase(review.label().word())) {
                    right.add(review.id());
                }
            }
            case PromptResult.Failed f -> failed++;
        }
    }

    int done() {
        return millis.size();
    }

    /** The reviews that were answered rightly, by their ids. */
    Set<String> right() {
        return Set.copyOf(right);
    }

    DemoRow row() {
        int cases = millis.size();
        int answered = Math.max(1, cases - failed);
        double seconds = (System.nanoTime() - start) / 1e9;
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new DemoRow(
                template,
                mode,
                Accuracy.of(right.size(), cases),
                none,
                failed,
                (double) prompt / answered,
                (double) cached / answered,
                DemoRow.quantile(sorted, 0.5),
                DemoRow.quantile(sorted, 0.95),
                cases / seconds);
    }
}
