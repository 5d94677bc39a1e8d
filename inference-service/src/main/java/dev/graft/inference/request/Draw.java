package dev.graft.inference.request;

import java.util.List;
import java.util.Map;

/** How tokens are drawn, every field resolved: {@link dev.graft.contracts.Sampling} with the service's defaults filled in. */
public record Draw(
        int maxTokens,
        float temperature,
        int topK,
        float topP,
        float minP,
        float repeatPenalty,
        float frequencyPenalty,
        float presencePenalty,
        int repeatLastN,
        long seed,
        List<String> stop,
        Map<Integer, Float> logitBias) {
    public Draw {
        stop = List.copyOf(stop);
        logitBias = Map.copyOf(logitBias);
    }

    public boolean greedy() {
        return temperature <= 0;
    }

    public boolean penalised() {
        return repeatPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
    }
}
