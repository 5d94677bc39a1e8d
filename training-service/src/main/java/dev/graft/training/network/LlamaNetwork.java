package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.lora.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All layers, from tokens to log-probabilities and back to the adapters' gradients. */
final class LlamaNetwork {
    private static final String ROPE_FACTORS = "rope_freqs.weight";

    private final Kernels kernels;
    private final Weight embedding;
    private final List<Layer> layers = new ArrayList<>();
    private final OutputHead head;
    /** Input of each layer, and the last one's output, which has only rows of the head. */
    private final List<Tensor> hidden = new ArrayList<>();
    /** One for each layer, or a single one that each layer computes anew on the way back. */
    private final List<LayerMemory> memories = new ArrayList<>();

    private final Scratch scratch;

    LlamaNetwork(
            Kernels kernels,
            BaseModel base,
            LoraWeights trained,
            Shape shape,
            int positions,
            MemoryPlan.Keep keep,
            boolean bf16) {
        this.kernels = kernels;
        this.embedding = base.embedding();
        Tensor rotation = rotation(kernels, base, positions);
        var lora = new Lora(kernels, shape.recipe().scale());
        Tensor ones = ones(kernels, shape.rows());
        int count = base.facts().layers();
        for (int layer = 0; layer < count; layer++) {
            var biases = new Biases(kernels, base, layer, ones);
            layers.add(new Layer(kernels, base, trained, layer, rotation, bf16, lora, biases));
        }
        head = new OutputHead(kernels, base, bf16, shape.learnedRows());
        for (int layer = 0; layer <= count; layer++) {
            hidden.add(kernels.allocate(shape.rows(), shape.width()));
        }
        for (int i = 0; i < keep.memories(count); i++) {
            memories.add(LayerMemory.allocate(kernels, shape));
        }
        scratch = Scratch.allocate(kernels, shape);
    }

    private static Tensor ones(Kernels kernels, int rows) {
        Tensor ones = kernels.allocate(rows, 1);
        float[] one = new float[rows];
        Arrays.fill(one, 1);
        kernels.upload(one, ones);
        return ones;
    }

    private static Tensor rotation(Kernels kernels, BaseModel base, int positions) {
        float[] factors = new float[0];
        if (base.file().tensor(ROPE_FACTORS).isPresent()) {
            Tensor stored = base.vector(kernels, ROPE_FACTORS);
            factors = new float[stored.columns()];
            kernels.download(stored, factors);
        }
        int headWidth = base.facts().headWidth();
        Tensor table = kernels.allocate(positions, headWidth);
        var rotation = new Rotation(
                base.file(), base.facts().ropeBase(), headWidth, base.facts().contextLength(), factors);
        kernels.upload(rotation.table(positions), table);
        return table;
    }

    /** Log-probability of each target of the batch. */
    float[] logProbabilities(PackedBatch batch) {
        forward(Pass.evaluating(batch));
        return head.logProbabilities(batch, rowsOfHead(batch));
    }

    /** Logits over the vocabulary of each row that predicts a target. */
    List<float[]> logits(PackedBatch batch) {
        forward(Pass.evaluating(batch));
        return head.logits(batch, rowsOfHead(batch));
    }

    /**
     * Adds the gradient of {@code -scale · Σ log p} to the adapters'.
     *
     * @return log-probability of each target
     */
    float[] learn(Pass pass, double scale) {
        int rows = pass.batch().rows();
        forward(pass);
        Scratch cut = scratch.of(rows);
        Tensor ofHead = rowsOfHead(pass.batch());
        float[] logProbabilities =
                head.lossAndGradient(pass.batch(), ofHead, scale, cut.gradient().top(ofHead.rows()));
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            Tensor x = hidden.get(layer).top(rows);
            // The last layer's is the one that was computed last, kept or not.
            if (memories.size() == 1 && layer < layers.size() - 1) {
                recompute(pass, layer, cut);
            }
            layers.get(layer).backward(pass, x, memory(layer).of(rows), layer == 0, cut);
        }
        return logProbabilities;
    }

    private void recompute(Pass pass, int layer, Scratch cut) {
        int rows = pass.batch().rows();
        layers.get(layer)
                .forward(
                        pass,
                        hidden.get(layer).top(rows),
                        memory(layer).of(rows),
                        hidden.get(layer + 1).top(rows),
                        cut);
    }

    private void forward(Pass pass) {
        int rows = pass.batch().rows();
        Scratch cut = scratch.of(rows);
        kernels.embed(embedding, pass.batch().tokens(), hidden.getFirst().top(rows));
        for (int layer = 0; layer < layers.size(); layer++) {
            Tensor out = layer == layers.size() - 1
                    ? rowsOfHead(pass.batch())
                    : hidden.get(layer + 1).top(rows);
            layers.get(layer)
                    .forward(pass, hidden.get(layer).top(rows), memory(layer).of(rows), out, cut);
        }
    }

    private Tensor rowsOfHead(PackedBatch batch) {
        return hidden.getLast().top(batch.rowsOfHead().length);
    }

    private LayerMemory memory(int layer) {
        return memories.get(memories.size() == 1 ? 0 : layer);
    }
}
