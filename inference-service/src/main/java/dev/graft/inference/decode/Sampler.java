package dev.graft.inference.decode;

import dev.graft.inference.request.Draw;
import dev.graft.inference.request.Tokens;
import dev.graft.llama.LogitRow;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws tokens of one answer, in llama.cpp's order: logit bias, penalties, top-k, top-p, min-p, temperature. The same seed and logits draw the same
 * tokens.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-sampler.cpp">llama-sampler.cpp</a>
 */
final class Sampler {
    private final Draw draw;
    private final SplittableRandom random;
    private final int[] recent;
    private int recentCount;
    private float[] adjusted = new float[0];

    /** @param choice which of the request's answers: each draws from a seed of its own */
    Sampler(Draw draw, int choice, Tokens prompt) {
        this.draw = draw;
        this.random = new SplittableRandom(draw.seed() + choice);
        this.recent = new int[draw.penalised() ? draw.repeatLastN() : 0];
        for (int i = Math.max(0, prompt.length() - recent.length); i < prompt.length(); i++) {
            remember(prompt.at(i));
        }
    }

    /** Draws the next token. The row is not changed. */
    int next(LogitRow logits) {
        int token = plainlyGreedy() ? logits.likeliest() : nextOf(adjust(logits));
        remember(token);
        return token;
    }

    private boolean plainlyGreedy() {
        return draw.greedy() && draw.logitBias().isEmpty() && !draw.penalised();
    }

    private int nextOf(float[] row) {
        return draw.greedy() ? Logits.likeliest(row) : drawFrom(row);
    }

    private void remember(int token) {
        if (recent.length > 0) {
            recent[recentCount++ % recent.length] = token;
        }
    }

    private float[] adjust(LogitRow logits) {
        if (adjusted.length != logits.length()) {
            adjusted = new float[logits.length()];
        }
        logits.copyTo(adjusted);
        draw.logitBias().forEach((token, bias) -> adjusted[token] += bias);
        if (draw.penalised()) {
            penalise();
        }
        return adjusted;
    }

    private void penalise() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < Math.min(recentCount, recent.length); i++) {
            counts.merge(recent[i], 1, Integer::sum);
        }
        counts.forEach((token, count) -> {
            float logit = adjusted[token];
            logit = logit <= 0 ? logit * draw.repeatPenalty() : logit / draw.repeatPenalty();
            adjusted[token] = logit - count * draw.frequencyPenalty() - draw.presencePenalty();
        });
    }

    private int drawFrom(float[] row) {
        Candidates candidates = Candidates.of(row, draw.topK(), draw.temperature());
        candidates.keepTopP(draw.topP());
        candidates.keepMinP(draw.minP());
        return candidates.draw(draw.temperature(), random.nextDouble());
    }
}
