package dev.graft.cli.demo;

import java.util.List;
import java.util.Locale;

/** What training was worth, as lines for people. */
final class TrainingLines {
    private static final double SMALL = 0.0001;

    static List<String> of(TrainingReport report) {
        McNemar difference = report.difference();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%s@%d: a LoRA adapter on %d other reviews, %s, %d steps, %.0f tokens/s; served %.0f s after the job began, with no restart.",
                        report.adapter(),
                        report.generation(),
                        report.examples(),
                        report.epochs() == 1 ? "1 epoch" : report.epochs() + " epochs",
                        report.steps(),
                        report.tokensPerSecond(),
                        report.seconds()),
                String.format(
                        Locale.ROOT,
                        "The plain prompt, before and after: accuracy %.1f %% and %.1f %% (%d of %d cases gained, %d lost; McNemar's exact p %s), "
                                + "%.0f and %.0f prompt tokens, p50 %.0f and %.0f ms.",
                        100 * report.before().accuracy().share(),
                        100 * report.after().accuracy().share(),
                        difference.gained(),
                        report.after().accuracy().cases(),
                        difference.lost(),
                        difference.p() < SMALL ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", difference.p()),
                        report.before().promptTokens(),
                        report.after().promptTokens(),
                        report.before().p50Ms(),
                        report.after().p50Ms()));
    }

    private TrainingLines() {}
}
