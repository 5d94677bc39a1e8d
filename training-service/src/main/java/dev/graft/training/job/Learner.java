package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a job needs of the network that learns: it is used by one thread, and its state is all that a later step depends on. */
public interface Learner extends AutoCloseable {
    /**
     * What a step did. A loss or gradient that is no finite number is refused, {@code diverged}: from then on no weight would be one either.
     */
    record Learned(int step, double loss, double learningRate, double gradientNorm, long tokens) {
        public Learned {
            if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) {
                throw new FaultException(Fault.input(
                        "diverged",
                        "learning_rate",
                        learningRate,
                        "loss " + loss + " and gradient norm " + gradientNorm + " at step " + step
                                + ": lower the learning rate or alpha, or warm up for longer"));
            }
        }
    }

    /** Steps of the whole training. */
    int steps();

    /** Does the next step. */
    Learned step();

    /** Mean loss over the learned tokens of these examples, in nats; changes nothing. */
    double loss(List<TokenizedExample> examples);

    /** Sum of ln p over each example's learned tokens; changes nothing. */
    double[] logLikelihoods(List<TokenizedExample> examples);

    /**
     * What the network says of the next token, as it is now: logits over the vocabulary, for each learned token of one that is no longer than the longest
     * it was opened with, and has no more learned tokens.
     */
    List<float[]> logits(TokenizedExample example);

    /** Bytes that this process was expected to have in memory, all of the JVM included; told before anything was allocated. */
    long expectedBytes();

    /** How many bytes {@link #save} writes. */
    long stateBytes();

    /** Writes all that later steps depend on. */
    void save(Path file) throws IOException;

    /** Goes on from there: what follows is the same, to the last bit, as if it had never stopped. */
    void restore(Path file) throws IOException;

    /** Writes the adapter as it is now, as a GGUF file. */
    void writeAdapter(Path file) throws IOException;

    @Override
    void close();
}
