package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufValue;
import dev.graft.model.gguf.GgufValueType;
import dev.graft.model.gguf.MalformedGgufException;
import dev.graft.model.gguf.TensorInfo;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Holds a header against what llama.cpp needs of an adapter ({@code llama-adapter.cpp}) and what Graft serves of it. */
final class AdapterCheck {
    static final String A = ".lora_a";
    static final String B = ".lora_b";
    static final String ARCHITECTURE = "general.architecture";
    static final String TYPE = "general.type";
    static final String ADAPTER_TYPE = "adapter.type";
    static final String ALPHA = "adapter.lora.alpha";
    static final String LLAMA = "llama";
    private static final String INVOCATION = "adapter.alora.invocation_tokens";
    private static final Set<GgufType> TYPES = EnumSet.of(GgufType.F32, GgufType.F16, GgufType.BF16);

    private final GgufFile file;
    private final LlamaModelFile base;
    private final int mostRank;
    private final Set<String> known = new HashSet<>();
    private final float alpha;

    AdapterCheck(GgufFile file, LlamaModelFile base, int mostRank) {
        this.file = file;
        this.base = base;
        this.mostRank = mostRank;
        is(TYPE, "adapter", "must be adapter: is this an adapter?");
        is(ADAPTER_TYPE, "lora", "only LoRA adapters are served");
        is(ARCHITECTURE, LLAMA, "must be the base's, " + LLAMA);
        if (file.metadata().containsKey(INVOCATION)) {
            throw new MalformedGgufException(
                    INVOCATION, "there", "adapters that begin at a token (aLoRA) are not served");
        }
        alpha = alpha();
    }

    AdapterFile facts() {
        List<AdapterPair> pairs = pairs();
        if (known.size() < file.tensors().size()) {
            throw unknown();
        }
        if (pairs.isEmpty()) {
            throw new MalformedGgufException(
                    "tensors", "none", "an adapter has tensors such as " + Target.Q.tensor(0) + A);
        }
        return new AdapterFile(
                LLAMA,
                alpha,
                pairs.stream().mapToInt(AdapterPair::rank).max().orElseThrow(),
                EnumSet.copyOf(pairs.stream().map(AdapterPair::target).toList()),
                fileBytes(),
                pairs);
    }

    private void is(String key, String right, String remedy) {
        String found = file.text(key).orElse("nothing");
        if (!found.equals(right)) {
            throw new MalformedGgufException(key, found, remedy);
        }
    }

    /** llama.cpp ends the process where this is another kind of number. */
    private float alpha() {
        GgufValue value = file.metadata().get(ALPHA);
        if (value == null) {
            return 0;
        }
        if (value instanceof GgufValue.Fraction(GgufValueType type, double number)
                && type == GgufValueType.FLOAT32
                && number >= 0
                && number <= Float.MAX_VALUE) {
            return (float) number;
        }
        throw new MalformedGgufException(ALPHA, value, "must be a finite 32-bit float, 0 or more");
    }

    private List<AdapterPair> pairs() {
        List<AdapterPair> pairs = new ArrayList<>(file.tensors().size() / 2);
        for (int layer = 0; layer < base.layers(); layer++) {
            for (Target target : Target.values()) {
                pair(layer, target).ifPresent(pairs::add);
            }
        }
        return pairs;
    }

    private Optional<AdapterPair> pair(int layer, Target target) {
        String weight = target.tensor(layer);
        Optional<TensorInfo> a = file.tensor(weight + A);
        Optional<TensorInfo> b = file.tensor(weight + B);
        if (a.isEmpty() && b.isEmpty()) {
            return Optional.empty();
        }
        int inputs = target.inputs(base);
        int rank = rank(a.orElseThrow(() -> half(weight + A, weight + B)), inputs);
        AdapterMatrix first = matrix(a.get(), rank, inputs);
        AdapterMatrix second = matrix(b.orElseThrow(() -> half(weight + B, weight + A)), target.outputs(base), rank);
        return Optional.of(new AdapterPair(layer, target, rank, alpha == 0 ? 1 : alpha / rank, first, second));
    }

    private static MalformedGgufException half(String missing, String there) {
        return new MalformedGgufException(missing, "nothing", "must be there, since " + there + " is");
    }

    private int rank(TensorInfo a, int inputs) {
        List<Long> shape = a.shape();
        if (shape.size() != 2 || shape.getFirst() != inputs) {
            throw new MalformedGgufException(
                    a.name() + ".shape", shape, "must be [" + inputs + ", rank]: is this an adapter of the base?");
        }
        long rank = shape.getLast();
        if (rank > mostRank) {
            throw new MalformedGgufException(a.name() + ".shape", shape, "the rank may be at most " + mostRank);
        }
        return (int) rank;
    }

    private AdapterMatrix matrix(TensorInfo tensor, int rows, int columns) {
        List<Long> right = List.of((long) columns, (long) rows);
        if (!tensor.shape().equals(right)) {
            throw new MalformedGgufException(
                    tensor.name() + ".shape", tensor.shape(), "must be " + right + ": is this an adapter of the base?");
        }
        if (!TYPES.contains(tensor.type())) {
            throw new MalformedGgufException(tensor.name() + ".type", tensor.type(), "must be F32, F16 or BF16");
        }
        known.add(tensor.name());
        return new AdapterMatrix(tensor.type(), rows, columns, tensor.offset(), tensor.bytes());
    }

    private MalformedGgufException unknown() {
        String name = file.tensors().stream()
                .map(TensorInfo::name)
                .filter(tensor -> !known.contains(tensor))
                .findFirst()
                .orElseThrow();
        String remedy = name.startsWith("blk.") && !name.contains("norm")
                ? "the base has the layers 0 to " + (base.layers() - 1)
                        + ", and adapters may change attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up and ffn_down, each by "
                        + A + " and " + B
                : "adapters of the token embedding, the output layer, norms and other tensors are not served";
        return new MalformedGgufException("tensors", name, remedy);
    }

    /** Writers may pad the last tensor as they do the others; nothing else may follow it. */
    private long fileBytes() {
        TensorInfo last = file.tensors().getLast();
        long alignment = file.whole(GgufFile.ALIGNMENT).orElse((long) GgufFile.DEFAULT_ALIGNMENT);
        long end = last.offset() + last.bytes();
        long padded = (end + alignment - 1) & -alignment;
        if (file.fileBytes() > padded) {
            throw new MalformedGgufException(
                    "size", file.fileBytes() + " bytes", "the last tensor ends at " + end + ": nothing may follow it");
        }
        return file.fileBytes();
    }
}
