package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.lora.Weight;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The frozen base: its file, mapped into memory, and the weights in it. */
final class BaseModel implements AutoCloseable {
    private static final Set<GgufType> TYPES = EnumSet.of(
            GgufType.F32,
            GgufType.F16,
            GgufType.BF16,
            GgufType.Q8_0,
            GgufType.Q4_0,
            GgufType.Q4_1,
            GgufType.Q5_0,
            GgufType.Q5_1,
            GgufType.Q4_K,
            GgufType.Q5_K,
            GgufType.Q6_K);
    private static final String EMBEDDING = "token_embd.weight";
    private static final String FIRST_LAYER = "blk.0";
    private static final String CAUSAL = "llama.attention.causal";
    private static final String OUTPUT = "output.weight";

    private final GgufFile file;
    private final LlamaModelFile facts;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    private BaseModel(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            file = GgufFile.read(channel);
            facts = LlamaModelFile.check(file);
            mustLookBack();
            file.tensors().forEach(BaseModel::mustBeTrainable);
            file.tensors().forEach(BaseModel::mustBeKnown);
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    static BaseModel open(Path path) {
        try {
            return new BaseModel(path);
        } catch (IOException e) {
            throw new UncheckedIOException("the model " + path + " can't be read", e);
        }
    }

    private static void mustBeTrainable(TensorInfo tensor) {
        if (!TYPES.contains(tensor.type())) {
            throw new FaultException(Fault.input(
                    "unsupported_model",
                    tensor.name(),
                    tensor.type(),
                    "training knows " + TYPES + ": take another quantisation of the model"));
        }
    }

    private static void mustBeKnown(TensorInfo tensor) {
        boolean known = Arrays.stream(Target.values())
                .anyMatch(target -> tensor.name().endsWith(target.bias(0).substring(FIRST_LAYER.length())));
        if (tensor.name().endsWith(".scale") || (tensor.name().endsWith(".bias") && !known)) {
            throw new FaultException(Fault.input(
                    "unsupported_model",
                    tensor.name(),
                    "a tensor that training does not know",
                    "models with the architecture's weights, norms and biases alone are trained"));
        }
    }

    private void mustLookBack() {
        if (!file.flag(CAUSAL).orElse(true)) {
            throw new FaultException(Fault.input(
                    "unsupported_model", CAUSAL, false, "models whose tokens see those before them are trained"));
        }
    }

    LlamaModelFile facts() {
        return facts;
    }

    GgufFile file() {
        return file;
    }

    double epsilon() {
        return file.fraction("llama.attention.layer_norm_rms_epsilon").orElseThrow();
    }

    Weight embedding() {
        return weight(EMBEDDING);
    }

    /** The output layer; models that have none use the embedding. */
    Weight output() {
        return weight(file.tensor(OUTPUT).isPresent() ? OUTPUT : EMBEDDING);
    }

    Weight weight(int layer, Target target) {
        return weight(target.tensor(layer));
    }

    private Weight weight(String name) {
        TensorInfo info = file.tensor(name).orElseThrow();
        int inputs = Math.toIntExact(info.shape().getFirst());
        int outputs = info.shape().size() > 1 ? Math.toIntExact(info.shape().get(1)) : 1;
        return new Weight(bytes.asSlice(info.offset(), info.bytes()), info.type(), outputs, inputs);
    }

    /** What is added to the products of a target, in single precision. */
    Optional<Tensor> bias(Kernels kernels, int layer, Target target) {
        String name = target.bias(layer);
        return file.tensor(name).map(info -> vector(kernels, name));
    }

    /** A tensor of one row, such as a norm's, in single precision. */
    Tensor vector(Kernels kernels, String name) {
        Weight weight = weight(name);
        Tensor vector = kernels.allocate(1, weight.inputs());
        kernels.dequantize(weight, vector);
        return vector;
    }

    @Override
    public void close() {
        arena.close();
    }
}
