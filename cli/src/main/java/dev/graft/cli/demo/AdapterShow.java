package dev.graft.cli.demo;

import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.Progress;
import dev.graft.cli.adapters.BaseFile;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Shows that requests with different adapters are computed in one batch, and what that costs. */
final class AdapterShow {
    private static final String QUESTION = "Write one sentence about the sea.";
    private static final int SHOWN_TOKENS = 24;
    private static final int TIMED_TOKENS = 32;
    private static final int TURNS = 9;
    /** Before these, prompts are computed and kept; what comes after finds them, whichever adapter it names. */
    private static final int UNTIMED_TURNS = 2;

    private final InferenceClient inference;
    private final Progress progress;
    private final PrintStream out;

    AdapterShow(InferenceClient inference, Progress progress, PrintStream out) {
        this.inference = inference;
        this.progress = progress;
        this.out = out;
    }

    AdapterReport run() throws IOException, InterruptedException {
        String base = inference.get("/v1/adapters").path("base").asText();
        try (Progress.Task task = progress.begin("adapters");
                DemoAdapters _ = DemoAdapters.register(
                        inference,
                        BaseFile.find(BaseFile.named(), GraftHome.current().models(), base))) {
            AdapterReport report = measure(base);
            task.done(DemoAdapters.NAMES.size() + " registered, asked and retired");
            out.println();
            AdapterLines.of(report).forEach(out::println);
            return report;
        }
    }

    private AdapterReport measure(String base) throws IOException, InterruptedException {
        List<String> models = new ArrayList<>(DemoAdapters.NAMES);
        models.add(base);
        var own = new MixedBatch(models, QUESTION);
        var one = new MixedBatch(Collections.nCopies(models.size(), models.getFirst()), QUESTION);
        List<AdapterReport.Answer> answers = own.answers(inference, SHOWN_TOKENS);
        double[] ownMs = new double[TURNS];
        double[] oneMs = new double[TURNS];
        for (int turn = -UNTIMED_TURNS; turn < TURNS; turn++) {
            double ownTook = own.milliseconds(inference, TIMED_TOKENS);
            double oneTook = one.milliseconds(inference, TIMED_TOKENS);
            if (turn >= 0) {
                ownMs[turn] = ownTook;
                oneMs[turn] = oneTook;
            }
        }
        return new AdapterReport(
                "random", DemoAdapters.RANK, QUESTION, answers, TIMED_TOKENS, TURNS, median(ownMs), median(oneMs));
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return DemoRow.quantile(sorted, 0.5);
    }
}
