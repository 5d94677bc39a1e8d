package dev.graft.model.adapter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a GGUF file, which has one alpha, tells the scale of each module, which in PEFT may be its own (rsLoRA, {@code alpha_pattern}): the file's
 * alpha is the one that most modules have; what the others' is greater or smaller by is a factor on their B. Ranks need no plan: llama.cpp
 * divides alpha by each module's own.
 *
 * @param alpha the file's
 */
record ScalePlan(float alpha) {
    static ScalePlan of(List<PeftModule> modules) {
        Map<Float, Integer> counts = new HashMap<>();
        float most = (float) modules.getFirst().alpha();
        for (PeftModule module : modules) {
            float alpha = (float) module.alpha();
            int count = counts.merge(alpha, 1, Integer::sum);
            most = count > counts.getOrDefault(most, 0) ? alpha : most;
        }
        return new ScalePlan(most);
    }

    /** What this module's B is multiplied by: 1 where its scale is the file's. */
    float factor(PeftModule module) {
        return (float) module.alpha() == alpha ? 1 : (float) (module.alpha() / alpha);
    }
}
