package dev.graft.bench.training;

import dev.graft.bench.server.Machine;
import dev.graft.lora.CpuKernels;
import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;

/** How fast oneDNN alone multiplies what a training step multiplies: each weight's forward and backward product, in single precision. */
final class ProductRate {
    private static final int TURNS = 7;

    /** @param rows of a step */
    static double gflops(Path model, int rows) throws IOException {
        LlamaModelFile facts = LlamaModelFile.check(GgufFile.read(model));
        double best = Double.MAX_VALUE;
        double operations = 0;
        try (Kernels kernels = CpuKernels.open(Machine.THREADS)) {
            Tensor[][] memory = memory(kernels, facts, rows);
            for (int turn = 0; turn < TURNS; turn++) {
                long begin = System.nanoTime();
                operations = 0;
                for (Tensor[] of : memory) {
                    Tensor weight = of[2];
                    kernels.product(of[0], false, weight, true, of[1], false);
                    kernels.product(of[1], false, weight, false, of[0], false);
                    operations += 4.0 * rows * (double) weight.elements();
                }
                best = Math.min(best, (double) (System.nanoTime() - begin));
            }
        }
        return operations / best;
    }

    /** For each target: input, output, weight. */
    private static Tensor[][] memory(Kernels kernels, LlamaModelFile facts, int rows) {
        Target[] targets = Target.values();
        Tensor[][] memory = new Tensor[targets.length][];
        for (int i = 0; i < targets.length; i++) {
            int inputs = targets[i].inputs(facts);
            int outputs = targets[i].outputs(facts);
            memory[i] = new Tensor[] {
                kernels.allocate(rows, inputs), kernels.allocate(rows, outputs), kernels.allocate(outputs, inputs)
            };
        }
        return memory;
    }

    private ProductRate() {}
}
