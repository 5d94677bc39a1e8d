package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Matrix;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.AdapterWeights.WeightType;
import dev.graft.llama.LlamaException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.MalformedFileException;
import dev.graft.model.adapter.AdapterFile;
import dev.graft.model.adapter.AdapterPair;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Brings an adapter's file into memory, as mixed batches want it. The file is checked against its base in the same reading, before native code sees any
 * of it.
 *
 * @param base the model that it must fit
 * @param mostRank the highest rank that is taken
 */
record AdapterReader(LlamaModelFile base, Precision precision, int mostRank) {
    /** @throws FaultException {@code adapter_refused}, of kind {@code INPUT}, where it is no sound adapter of the base; {@code adapter_file} where it can't be read */
    AdapterWeights read(Path path) {
        AdapterWeights weights = new AdapterWeights(base.layers(), precision);
        boolean whole = false;
        try {
            AdapterFile.read(path, base, mostRank, (pair, a, b) -> put(weights, pair, a, b));
            whole = true;
            return weights;
        } catch (MalformedFileException e) {
            throw new FaultException(Fault.input("adapter_refused", e.field(), e.value(), e.remedy()), e);
        } catch (LlamaException e) {
            throw new FaultException(
                    Fault.input(
                            "adapter_refused",
                            "tensors",
                            String.valueOf(e.getMessage()),
                            "can't be computed with; graft.adapters.precision=f32 has room for larger numbers"),
                    e);
        } catch (IOException e) {
            throw new FaultException(Fault.internal("adapter_file", path + " can't be read: " + e), e);
        } finally {
            if (!whole) {
                weights.close();
            }
        }
    }

    private void put(AdapterWeights weights, AdapterPair pair, MemorySegment a, MemorySegment b) {
        weights.put(
                pair.layer(),
                number(pair.target()),
                pair.target().inputs(base),
                pair.target().outputs(base),
                pair.rank(),
                pair.scale(),
                new Matrix(typeOf(pair.a().type()), a),
                new Matrix(typeOf(pair.b().type()), b));
    }

    private static WeightType typeOf(GgufType type) {
        return switch (type) {
            case F32 -> WeightType.F32;
            case F16 -> WeightType.F16;
            case BF16 -> WeightType.BF16;
            default -> throw new IllegalStateException(type + " in an adapter that was checked");
        };
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
}
