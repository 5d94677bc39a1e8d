package dev.graft.inference.decode;

import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Request.Label;
import dev.graft.inference.request.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Labels' log-likelihoods after content-free prompts, kept: every request of one template asks for the same ones. Decode thread only. */
final class PriorScores {
    private static final int MOST = 256;

    private final Map<Key, double[]> scores = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, double[]> eldest) {
            return size() > MOST;
        }
    };

    private record Key(Optional<ScaledAdapter> weights, Tokens contentFree, List<Label> labels) {}

    Optional<double[]> find(Optional<ScaledAdapter> weights, Tokens contentFree, List<Label> labels) {
        return Optional.ofNullable(scores.get(new Key(weights, contentFree, labels)));
    }

    void keep(Optional<ScaledAdapter> weights, Tokens contentFree, List<Label> labels, double[] logLikelihoods) {
        scores.put(new Key(weights, contentFree, labels), logLikelihoods);
    }
}
