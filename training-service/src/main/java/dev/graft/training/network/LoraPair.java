package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.training.optimizer.Parameter;
import dev.graft.training.recipe.Recipe;

/**
 * What is trained beside one weight: {@code y += s · B · A · dropout(x)} (Hu et al. 2021, arXiv:2106.09685).
 *
 * @param a [rank][inputs]
 * @param b [outputs][rank]
 */
record LoraPair(int layer, Target target, Parameter a, Parameter b) {
    /** A is drawn as PEFT draws it (Kaiming, uniform within 1 / √inputs); B is 0, so that training begins at the base. */
    static LoraPair create(Kernels kernels, Recipe recipe, LlamaModelFile base, int layer, Target target) {
        int inputs = target.inputs(base);
        var a = Parameter.allocate(kernels, recipe.rank(), inputs, 1);
        var b = Parameter.allocate(kernels, target.outputs(base), recipe.rank(), recipe.loraPlusRatio());
        double bound = 1 / Math.sqrt(inputs);
        var draws = new Draws(recipe.seed(), -1 - number(layer, target));
        float[] first = new float[recipe.rank() * inputs];
        for (int i = 0; i < first.length; i++) {
            first[i] = (float) (bound * (2 * draws.unit() - 1));
        }
        kernels.upload(first, a.weight());
        return new LoraPair(layer, target, a, b);
    }

    /** Of this pair among all that a model could have. Random numbers follow from it: the enum's order must stay. */
    @SuppressWarnings("EnumOrdinal")
    static int number(int layer, Target target) {
        return layer * Target.values().length + target.ordinal();
    }

    int rank() {
        return a.weight().rows();
    }

    Tensor weightOfA() {
        return a.weight();
    }

    Tensor weightOfB() {
        return b.weight();
    }
}
