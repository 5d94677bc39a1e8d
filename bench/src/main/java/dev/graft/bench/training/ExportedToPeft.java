package dev.graft.bench.training;

import dev.graft.bench.server.Machine;
import dev.graft.bench.server.TemporaryFolder;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An adapter that was trained here, in PEFT's hands: its logits by ours, on the same weights in single precision. */
record ExportedToPeft(Machine machine) {
    private static final double DROPOUT = 0.05;
    private static final int STEPS = 20;
    private static final int SENTENCES = 16;
    private static final long SEED = 1;

    /**
     * Length of the difference over all logits of held-out reviews, relative to their own.
     *
     * @throws IllegalStateException where the adapter changes next to nothing, which would prove nothing
     */
    double difference() throws Exception {
        ReviewExamples reviews = new ReviewExamples(machine);
        Recipe recipe = Recipes.of(DROPOUT, new Recipe.Length.Steps(STEPS), SEED, Recipe.Precision.FP32);
        List<TokenizedExample> asked = reviews.candidates().subList(0, SENTENCES).stream()
                .map(candidate -> new TokenizedExample(candidate.tokens(), 1))
                .toList();
        Setup setup = new Setup(machine.model(), recipe, reviews.learned(new int[0]), asked);
        try (TemporaryFolder scratch = TemporaryFolder.create();
                GraftLearner graft = GraftLearner.start(machine);
                PeftLearner peft = PeftLearner.start(machine, "fp32", 0)) {
            Path file = scratch.path().resolve("logits.f32");
            graft.open(setup);
            FloatBuffer untrained = read(graft.logits(asked, file));
            graft.train(STEPS);
            FloatBuffer trained = read(graft.logits(asked, file));
            graft.export(scratch.path().resolve("adapter"));
            peft.load(machine.model(), scratch.path().resolve("adapter"));
            FloatBuffer peftsOwn = read(peft.logits(asked, file));
            if (relative(untrained, trained) < 0.01) {
                throw new IllegalStateException("the adapter changes next to nothing");
            }
            return relative(peftsOwn, trained);
        }
    }

    private static FloatBuffer read(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    private static double relative(FloatBuffer found, FloatBuffer right) {
        if (found.remaining() != right.remaining()) {
            throw new IllegalStateException(found.remaining() + " logits, should be " + right.remaining());
        }
        double difference = 0;
        double length = 0;
        for (int i = 0; i < right.remaining(); i++) {
            difference += Math.pow((double) found.get(i) - right.get(i), 2);
            length += Math.pow(right.get(i), 2);
        }
        return Math.sqrt(difference / length);
    }
}
