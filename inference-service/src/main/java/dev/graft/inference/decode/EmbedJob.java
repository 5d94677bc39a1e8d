package dev.graft.inference.decode;

import dev.graft.contracts.Served;
import dev.graft.contracts.Usage;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.request.Request.Embed;
import java.util.Arrays;
import java.util.List;

/** An embedding: computed by the {@link Embedder}, without lanes of the shared context. */
final class EmbedJob extends Job {
    private final Embed request;
    private final Served served;
    private final double[] sum;
    private int computed;

    EmbedJob(Submission submission, Embed request, Served served, int size) {
        super(submission, 0);
        this.request = request;
        this.served = served;
        this.sum = new double[size];
    }

    void step(Embedder embedder, int threads) {
        computed = embedder.step(request.prompt(), computed, sum, threads);
        if (computed == request.prompt().length()) {
            markFirst();
            finish(new AnswerEvent.Done(
                    served, new Usage(computed, 0, 0), timings(), List.of(), List.of(), normalised(sum)));
        }
    }

    private static float[] normalised(double[] sum) {
        double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        float[] unit = new float[sum.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (sum[i] / length);
        }
        return unit;
    }

    @Override
    List<Lane> lanes() {
        return List.of();
    }

    @Override
    int cached() {
        return 0;
    }

    @Override
    void release() {
        // Its cells are the embedder's, which takes them back when the next embedding begins.
    }
}
