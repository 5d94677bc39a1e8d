package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pairs a PEFT folder's tensors to modules, and holds them against its configuration and the base, as PEFT would when it loads them. */
final class PeftModules {
    private static final long LARGEST = 1 << 30;

    private final PeftConfig config;
    private final LlamaModelFile base;
    private final int mostRank;
    private final Map<String, SafeTensor> left = new HashMap<>();

    private PeftModules(PeftConfig config, Safetensors weights, LlamaModelFile base, int mostRank) {
        this.config = config;
        this.base = base;
        this.mostRank = mostRank;
        for (SafeTensor tensor : weights.tensors()) {
            left.put(tensor.name(), tensor);
        }
    }

    /** @return by layer, then target */
    static List<PeftModule> of(PeftConfig config, Safetensors weights, LlamaModelFile base, int mostRank) {
        return new PeftModules(config, weights, base, mostRank).all();
    }

    private List<PeftModule> all() {
        List<PeftModule> modules = new ArrayList<>(left.size() / 2);
        for (int layer = 0; layer < base.layers(); layer++) {
            for (Target target : Target.values()) {
                module(layer, target).ifPresent(modules::add);
            }
        }
        if (!left.isEmpty()) {
            throw unknown(left.keySet().iterator().next());
        }
        if (modules.isEmpty()) {
            throw new MalformedPeftException(
                    "target_modules", "none of the base's", "must name modules such as " + Target.Q.module(0));
        }
        return modules;
    }

    private Optional<PeftModule> module(int layer, Target target) {
        String nameOfA = PeftModule.nameOfA(layer, target);
        String nameOfB = PeftModule.nameOfB(layer, target);
        SafeTensor a = left.remove(nameOfA);
        SafeTensor b = left.remove(nameOfB);
        if (!config.targets(layer, target)) {
            if (a != null || b != null) {
                throw new MalformedPeftException(
                        a == null ? nameOfB : nameOfA,
                        "there",
                        "target_modules leaves it out, and PEFT would ignore it");
            }
            return Optional.empty();
        }
        return Optional.of(paired(layer, target, there(nameOfA, a), there(nameOfB, b)));
    }

    private PeftModule paired(int layer, Target target, SafeTensor a, SafeTensor b) {
        int rank = config.rankOf(target.module(layer));
        if (rank > mostRank) {
            throw new MalformedPeftException(a.name() + ".rank", rank, "may be at most " + mostRank);
        }
        checkShape(a, rank, target.inputs(base));
        checkShape(b, target.outputs(base), rank);
        return new PeftModule(layer, target, rank, config.plainAlpha(target.module(layer), rank), a, b);
    }

    private static SafeTensor there(String name, @Nullable SafeTensor tensor) {
        if (tensor == null) {
            throw new MalformedPeftException(name, "nothing", "target_modules names it: must be there");
        }
        return tensor;
    }

    private static void checkShape(SafeTensor tensor, int rows, int columns) {
        List<Long> right = List.of((long) rows, (long) columns);
        if (!tensor.shape().equals(right) || (long) rows * columns * Float.BYTES > LARGEST) {
            throw new MalformedPeftException(
                    tensor.name() + ".shape",
                    tensor.shape(),
                    "must be " + right + ", by r, rank_pattern and the base's shapes");
        }
    }

    private MalformedPeftException unknown(String name) {
        String remedy = name.contains("lora_magnitude_vector")
                ? "DoRA is not supported"
                : name.contains(".layers.")
                        ? "the base has the layers 0 to " + (base.layers() - 1)
                                + ", with A and B of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj"
                        : "adapters of the token embedding, the output layer, norms and other modules are not served";
        return new MalformedPeftException(Safetensors.FILE, name, remedy);
    }
}
