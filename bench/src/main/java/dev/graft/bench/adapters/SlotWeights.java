package dev.graft.bench.adapters;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Matrix;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.AdapterWeights.WeightType;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.Target;
import java.io.IOException;
import java.nio.file.Path;

/** Brings the benchmark's own adapters into slots, as inference-service does. */
final class SlotWeights {
    static AdapterWeights read(Path path, LlamaModelFile base, Precision precision) throws IOException {
        AdapterWeights weights = new AdapterWeights(base.layers(), precision);
        AdapterFile.read(
                path,
                base,
                AdapterFolder.RANK,
                (pair, a, b) -> weights.put(
                        pair.layer(),
                        number(pair.target()),
                        pair.target().inputs(base),
                        pair.target().outputs(base),
                        pair.rank(),
                        pair.scale(),
                        new Matrix(WeightType.F32, a),
                        new Matrix(WeightType.F32, b)));
        return weights;
    }

    private static int number(Target target) {
        return switch (target) {
            case Q -> 0;
            case K -> 1;
            case V -> 2;
            case O -> 3;
            case GATE -> 4;
            case UP -> 5;
            case DOWN -> 6;
        };
    }

    private SlotWeights() {}
}
