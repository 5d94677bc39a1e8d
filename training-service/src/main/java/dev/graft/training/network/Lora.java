package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;

/**
 * A pair's part of a product, x [rows][inputs] and y [rows][outputs]:
 *
 * <pre>
 * u = s · dropout(x) · Aᵀ        y += u · Bᵀ
 * dB += dyᵀ · u    du = s · dy · B    dA += duᵀ · dropout(x)    dx += dropout(du · A)
 * </pre>
 */
final class Lora {
    private final Kernels kernels;
    private final double scale;

    Lora(Kernels kernels, double scale) {
        this.kernels = kernels;
        this.scale = scale;
    }

    /**
     * @param u [rows][rank], kept for the way back
     */
    void forward(LoraPair pair, Pass pass, Tensor x, Tensor u, Tensor y, Scratch scratch) {
        kernels.product(dropped(pair, pass, x, scratch), false, pair.weightOfA(), true, u, false);
        kernels.scale(scale, u);
        kernels.product(u, false, pair.weightOfB(), true, y, true);
    }

    /** Adds to the pair's gradients, and to dx where that is wanted. */
    void backward(LoraPair pair, Pass pass, Tensor dy, Tensor x, Tensor u, Tensor dx, boolean wanted, Scratch scratch) {
        kernels.product(dy, true, u, false, pair.b().gradient(), true);
        Tensor du = scratch.low();
        kernels.product(dy, false, pair.weightOfB(), false, du, false);
        kernels.scale(scale, du);
        kernels.product(
                du, true, dropped(pair, pass, x, scratch), false, pair.a().gradient(), true);
        if (!wanted) {
            return;
        }
        if (pass.dropout() == 0) {
            kernels.product(du, false, pair.weightOfA(), false, dx, true);
            return;
        }
        Tensor before = scratch.dropped(x.columns());
        kernels.product(du, false, pair.weightOfA(), false, before, false);
        kernels.dropout(before, pass.dropout(), pass.seed(), pass.stream(pair), dx, true);
    }

    private Tensor dropped(LoraPair pair, Pass pass, Tensor x, Scratch scratch) {
        if (pass.dropout() == 0) {
            return x;
        }
        Tensor dropped = scratch.dropped(x.columns());
        kernels.dropout(x, pass.dropout(), pass.seed(), pass.stream(pair), dropped, false);
        return dropped;
    }
}
