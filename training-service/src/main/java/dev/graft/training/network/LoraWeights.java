package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.training.optimizer.Parameter;
import dev.graft.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that is trained: a pair for each layer and target, in that order. */
final class LoraWeights {
    private final List<Map<Target, LoraPair>> layers = new ArrayList<>();

    LoraWeights(Kernels kernels, Recipe recipe, LlamaModelFile base) {
        for (int layer = 0; layer < base.layers(); layer++) {
            Map<Target, LoraPair> pairs = new EnumMap<>(Target.class);
            for (Target target : recipe.targets()) {
                pairs.put(target, LoraPair.create(kernels, recipe, base, layer, target));
            }
            layers.add(pairs);
        }
    }

    Optional<LoraPair> pair(int layer, Target target) {
        return Optional.ofNullable(layers.get(layer).get(target));
    }

    List<LoraPair> pairs() {
        return layers.stream().flatMap(pairs -> pairs.values().stream()).toList();
    }

    List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (LoraPair pair : pairs()) {
            parameters.add(pair.a());
            parameters.add(pair.b());
        }
        return parameters;
    }
}
