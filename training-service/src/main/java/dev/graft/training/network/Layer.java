package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Kernels.RotaryLayout;
import dev.graft.lora.Tensor;
import dev.graft.lora.Weight;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One layer of the architecture:
 *
 * <pre>
 * h = rmsnorm(x)         q, k, v = rotate(h·Wqᵀ), rotate(h·Wkᵀ), h·Wvᵀ         middle = x + attention(q, k, v)·Woᵀ
 * g = rmsnorm(middle)    out = middle + (silu(g·Wgateᵀ) · (g·Wupᵀ))·Wdownᵀ
 * </pre>
 *
 * each weight with its bias and its pair, where it has them. Attention is the only part where a row needs others: above the last layer's, only rows
 * that predict a learned token are computed.
 */
final class Layer {
    private final Kernels kernels;
    private final LlamaModelFile facts;
    private final double epsilon;
    private final boolean bf16;
    private final boolean last;
    private final Tensor rotation;
    private final Tensor attentionNorm;
    private final Tensor feedForwardNorm;
    private final Map<Target, Weight> weights = new EnumMap<>(Target.class);
    private final Map<Target, LoraPair> pairs = new EnumMap<>(Target.class);
    private final Lora lora;
    private final Biases biases;

    Layer(
            Kernels kernels,
            BaseModel base,
            LoraWeights trained,
            int layer,
            Tensor rotation,
            boolean bf16,
            Lora lora,
            Biases biases) {
        this.kernels = kernels;
        this.facts = base.facts();
        this.epsilon = base.epsilon();
        this.bf16 = bf16;
        this.last = layer == base.facts().layers() - 1;
        this.rotation = rotation;
        this.lora = lora;
        this.biases = biases;
        this.attentionNorm = base.vector(kernels, "blk." + layer + ".attn_norm.weight");
        this.feedForwardNorm = base.vector(kernels, "blk." + layer + ".ffn_norm.weight");
        for (Target target : Target.values()) {
            weights.put(target, base.weight(layer, target));
            trained.pair(layer, target).ifPresent(pair -> pairs.put(target, pair));
        }
    }

    /**
     * out = the layer of x; what the way back needs stays in memory.
     *
     * @param out a row for each of x; of the last layer, for each of {@link PackedBatch#rowsOfHead}
     */
    void forward(Pass pass, Tensor x, LayerMemory memory, Tensor out, Scratch scratch) {
        attend(pass, x, memory, scratch);
        if (last) {
            int[] rows = pass.batch().rowsOfHead();
            LayerMemory above = memory.of(rows.length);
            Scratch scratchAbove = scratch.of(rows.length);
            kernels.gather(x, rows, above.middle());
            aboveAttention(pass, attended(pass, memory, scratchAbove), above, out, scratchAbove);
        } else {
            kernels.copy(x, memory.middle());
            aboveAttention(pass, memory.attended(), memory, out, scratch);
        }
    }

    private void attend(Pass pass, Tensor x, LayerMemory memory, Scratch scratch) {
        Tensor normed = scratch.normed();
        kernels.rmsNorm(x, attentionNorm, epsilon, normed, memory.inverse1());
        project(Target.Q, pass, normed, memory, memory.q(), false, scratch);
        project(Target.K, pass, normed, memory, memory.k(), false, scratch);
        project(Target.V, pass, normed, memory, memory.v(), false, scratch);
        rotate(pass, memory.q(), memory.k(), false);
        kernels.attention(
                bf16,
                memory.q(),
                memory.k(),
                memory.v(),
                pass.batch().segments(),
                facts.heads(),
                facts.kvHeads(),
                memory.attended(),
                memory.logSums());
    }

    /** What attention gave to the rows that are computed above it. */
    private Tensor attended(Pass pass, LayerMemory memory, Scratch above) {
        if (!last) {
            return memory.attended();
        }
        kernels.gather(memory.attended(), pass.batch().rowsOfHead(), above.dq());
        return above.dq();
    }

    private void aboveAttention(Pass pass, Tensor attended, LayerMemory memory, Tensor out, Scratch scratch) {
        project(Target.O, pass, attended, memory, memory.middle(), true, scratch);
        Tensor normed = scratch.normed();
        kernels.rmsNorm(memory.middle(), feedForwardNorm, epsilon, normed, memory.inverse2());
        project(Target.GATE, pass, normed, memory, memory.gate(), false, scratch);
        project(Target.UP, pass, normed, memory, memory.up(), false, scratch);
        kernels.swiGlu(memory.gate(), memory.up(), scratch.activated());
        kernels.copy(memory.middle(), out);
        project(Target.DOWN, pass, scratch.activated(), memory, out, true, scratch);
    }

    /**
     * The scratch's gradient, of the layer's output, becomes that of its input.
     *
     * @param lowest nothing below is trained: what only they would need is left out
     */
    void backward(Pass pass, Tensor x, LayerMemory memory, boolean lowest, Scratch scratch) {
        int rows = last ? pass.batch().rowsOfHead().length : pass.batch().rows();
        LayerMemory above = memory.of(rows);
        Scratch scratchAbove = scratch.of(rows);
        feedForwardBackward(pass, above, scratchAbove);
        if (lowest && trained(Target.Q, Target.K, Target.V, Target.O).isEmpty()) {
            return;
        }
        Tensor attended = attended(pass, memory, scratchAbove);
        back(
                Target.O,
                pass,
                scratchAbove.gradient(),
                attended,
                above,
                scratchAbove.dattended(),
                true,
                false,
                scratchAbove);
        if (last) {
            spread(pass, scratchAbove.gradient(), scratchAbove.inner(), scratch.gradient());
            spread(pass, scratchAbove.dattended(), scratchAbove.dq(), scratch.dattended());
        }
        attentionBackward(pass, memory, scratch);
        if (lowest && trained(Target.Q, Target.K, Target.V).isEmpty()) {
            return;
        }
        if (trained(Target.Q, Target.K, Target.V).isPresent()) {
            kernels.rmsNorm(x, attentionNorm, epsilon, scratch.normed(), memory.inverse1());
        }
        boolean wanted = !lowest;
        back(Target.Q, pass, scratch.dq(), scratch.normed(), memory, scratch.inner(), wanted, false, scratch);
        back(Target.K, pass, scratch.dk(), scratch.normed(), memory, scratch.inner(), wanted, true, scratch);
        back(Target.V, pass, scratch.dv(), scratch.normed(), memory, scratch.inner(), wanted, true, scratch);
        if (wanted) {
            kernels.rmsNormBackward(scratch.inner(), x, attentionNorm, memory.inverse1(), scratch.gradient(), true);
        }
    }

    /** The gradient of the head's rows, at the beginning of {@code all}, becomes one of all rows: 0 where the head has none. */
    private void spread(Pass pass, Tensor ofHead, Tensor meanwhile, Tensor all) {
        int[] learned = pass.batch().learnedRows();
        kernels.copy(ofHead, meanwhile);
        kernels.clear(all);
        kernels.scatter(meanwhile.top(learned.length), learned, all);
    }

    private void feedForwardBackward(Pass pass, LayerMemory memory, Scratch scratch) {
        // dgate holds the gradient of what was activated until it is overwritten, element by element, with its own.
        Tensor activated = scratch.activated();
        if (pairs.containsKey(Target.DOWN)) {
            kernels.swiGlu(memory.gate(), memory.up(), activated);
        }
        Tensor dactivated = scratch.dgate();
        back(Target.DOWN, pass, scratch.gradient(), activated, memory, dactivated, true, false, scratch);
        kernels.swiGluBackward(dactivated, memory.gate(), memory.up(), scratch.dgate(), scratch.dup());
        Tensor normed = scratch.normed();
        if (trained(Target.GATE, Target.UP).isPresent()) {
            kernels.rmsNorm(memory.middle(), feedForwardNorm, epsilon, normed, memory.inverse2());
        }
        back(Target.GATE, pass, scratch.dgate(), normed, memory, scratch.inner(), true, false, scratch);
        back(Target.UP, pass, scratch.dup(), normed, memory, scratch.inner(), true, true, scratch);
        kernels.rmsNormBackward(
                scratch.inner(), memory.middle(), feedForwardNorm, memory.inverse2(), scratch.gradient(), true);
    }

    private void attentionBackward(Pass pass, LayerMemory memory, Scratch scratch) {
        kernels.attentionBackward(
                bf16,
                scratch.dattended(),
                memory.attended(),
                memory.q(),
                memory.k(),
                memory.v(),
                memory.logSums(),
                pass.batch().segments(),
                facts.heads(),
                facts.kvHeads(),
                scratch.dq(),
                scratch.dk(),
                scratch.dv());
        rotate(pass, scratch.dq(), scratch.dk(), true);
    }

    private void project(
            Target target, Pass pass, Tensor x, LayerMemory memory, Tensor y, boolean add, Scratch scratch) {
        kernels.linear(bf16, x, weight(target), y, add);
        biases.add(target, y);
        LoraPair pair = pairs.get(target);
        if (pair != null) {
            lora.forward(pair, pass, x, kept(memory, target), y, scratch);
        }
    }

    private void back(
            Target target,
            Pass pass,
            Tensor dy,
            Tensor x,
            LayerMemory memory,
            Tensor dx,
            boolean wanted,
            boolean add,
            Scratch scratch) {
        if (wanted) {
            kernels.linearBackward(bf16, dy, weight(target), dx, add);
        }
        LoraPair pair = pairs.get(target);
        if (pair != null) {
            lora.backward(pair, pass, dy, x, kept(memory, target), dx, wanted, scratch);
        }
    }

    private void rotate(Pass pass, Tensor queries, Tensor keys, boolean backward) {
        int[] positions = pass.batch().segments().positions();
        kernels.rotate(queries, facts.heads(), positions, rotation, RotaryLayout.PAIRS, backward);
        kernels.rotate(keys, facts.kvHeads(), positions, rotation, RotaryLayout.PAIRS, backward);
    }

    private Optional<LoraPair> trained(Target... targets) {
        return Arrays.stream(targets).filter(pairs::containsKey).findFirst().map(pairs::get);
    }

    private Weight weight(Target target) {
        return Objects.requireNonNull(weights.get(target));
    }

    private static Tensor kept(LayerMemory memory, Target target) {
        return Objects.requireNonNull(memory.lora().get(target));
    }
}
