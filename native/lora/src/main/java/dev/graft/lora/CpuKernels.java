package dev.graft.lora;

import dev.graft.lora.jni.global.lora;
import dev.graft.lora.jni.graft_pool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntSupplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;

/** The kernels on this machine's processor, by threads of their own that sleep where none comes soon. The same for the same number of threads, to the last bit. */
public final class CpuKernels implements Kernels {
    private static boolean loaded;

    private final graft_pool pool;
    private final Slabs memory = new Slabs();
    private long allocatedBytes;
    private boolean closed;

    private CpuKernels(graft_pool pool) {
        this.pool = pool;
    }

    /**
     * Loads the library, where it isn't yet, and starts the threads, at the scheduling priority of the one that calls this.
     *
     * @param threads that compute, the caller's among them
     * @throws KernelException where the library can't be loaded
     */
    public static CpuKernels open(int threads) {
        load();
        graft_pool pool = lora.graft_pool_open(threads);
        if (pool == null || pool.isNull()) {
            throw new KernelException(lora.graft_lora_error().getString());
        }
        return new CpuKernels(pool);
    }

    /**
     * For tests: all kernels use at most this instruction set from now on.
     *
     * @return whether this processor has it
     */
    static boolean limit(InstructionSet most) {
        load();
        return lora.graft_limit_isa(most.number()) == most.number();
    }

    /** The instruction set that oneDNN takes for products on this processor, as it names it: {@code avx2}, {@code avx512_core_bf16}, {@code avx512_core_amx}, … */
    public static String productInstructions() {
        load();
        return lora.graft_product_isa().getString().replaceFirst("^cpu_isa_", "");
    }

    private static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            UnpackedKernels.choose();
            Loader.load(lora.class);
            loaded = true;
        } catch (UnsatisfiedLinkError | IOException e) {
            throw new KernelException(
                    "the training kernels can't be loaded (" + e.getMessage()
                            + "): they come with the native-lora jar, for Linux on x86-64 with glibc 2.31 or later",
                    e);
        }
    }

    private void run(IntSupplier kernel) {
        if (closed) {
            throw new IllegalStateException("these kernels are closed");
        }
        if (kernel.getAsInt() != 0) {
            throw new KernelException(lora.graft_lora_error().getString());
        }
    }

    @Override
    public boolean hasBf16() {
        return lora.graft_has_bf16() != 0;
    }

    @Override
    public Tensor allocate(int rows, int columns) {
        long bytes = (long) rows * columns * Float.BYTES;
        allocatedBytes += bytes;
        return new Tensor(memory.allocate(bytes), rows, columns);
    }

    @Override
    public long allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public void upload(float[] from, Tensor to) {
        Shapes.count("floats", from.length, Math.toIntExact(to.elements()));
        MemorySegment.copy(from, 0, to.data(), ValueLayout.JAVA_FLOAT, 0, from.length);
    }

    @Override
    public void download(Tensor from, float[] to) {
        Shapes.count("floats", to.length, Math.toIntExact(from.elements()));
        MemorySegment.copy(from.data(), ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
    }

    @Override
    public void clear(Tensor tensor) {
        tensor.data().asSlice(0, tensor.elements() * Float.BYTES).fill((byte) 0);
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        Shapes.alike("to", to, from);
        MemorySegment.copy(from.data(), 0, to.data(), 0, from.elements() * Float.BYTES);
    }

    @Override
    public void dequantize(Weight from, Tensor to) {
        Shapes.same("to", to, from.outputs(), from.inputs());
        run(() -> lora.graft_dequantize(pool, from.type().code(), Address.of(from), to.elements(), Address.of(to)));
    }

    @Override
    public void embed(Weight table, int[] tokens, Tensor out) {
        Shapes.same("out", out, tokens.length, table.inputs());
        withInts(
                tokens,
                rows -> lora.graft_embed(
                        pool,
                        table.type().code(),
                        Address.of(table),
                        table.outputs(),
                        table.inputs(),
                        rows,
                        tokens.length,
                        Address.of(out)));
    }

    @Override
    public void linear(boolean bf16, Tensor x, Weight w, Tensor y, boolean add) {
        Shapes.same("x", x, x.rows(), w.inputs());
        Shapes.same("y", y, x.rows(), w.outputs());
        run(() -> lora.graft_linear_forward(
                pool,
                number(bf16),
                Address.of(x),
                x.rows(),
                w.type().code(),
                Address.of(w),
                w.outputs(),
                w.inputs(),
                number(add),
                Address.of(y)));
    }

    @Override
    public void linearBackward(boolean bf16, Tensor dy, Weight w, Tensor dx, boolean add) {
        Shapes.same("dy", dy, dy.rows(), w.outputs());
        Shapes.same("dx", dx, dy.rows(), w.inputs());
        run(() -> lora.graft_linear_backward(
                pool,
                number(bf16),
                Address.of(dy),
                dy.rows(),
                w.type().code(),
                Address.of(w),
                w.outputs(),
                w.inputs(),
                number(add),
                Address.of(dx)));
    }

    @Override
    public void product(Tensor a, boolean aTransposed, Tensor b, boolean bTransposed, Tensor c, boolean add) {
        int inner = aTransposed ? a.rows() : a.columns();
        Shapes.same("a", a, aTransposed ? inner : c.rows(), aTransposed ? c.rows() : inner);
        Shapes.same("b", b, bTransposed ? c.columns() : inner, bTransposed ? inner : c.columns());
        run(() -> lora.graft_product(
                pool,
                Address.of(a),
                number(aTransposed),
                Address.of(b),
                number(bTransposed),
                c.rows(),
                c.columns(),
                inner,
                number(add),
                Address.of(c)));
    }

    @Override
    public void rmsNorm(Tensor x, Tensor w, double epsilon, Tensor y, Tensor inverse) {
        Shapes.same("w", w, 1, x.columns());
        Shapes.alike("y", y, x);
        Shapes.same("inverse", inverse, x.rows(), 1);
        run(() -> lora.graft_rmsnorm_forward(
                pool,
                Address.of(x),
                Address.of(w),
                x.rows(),
                x.columns(),
                (float) epsilon,
                Address.of(y),
                Address.of(inverse)));
    }

    @Override
    public void rmsNormBackward(Tensor dy, Tensor x, Tensor w, Tensor inverse, Tensor dx, boolean add) {
        Shapes.alike("dy", dy, x);
        Shapes.same("w", w, 1, x.columns());
        Shapes.same("inverse", inverse, x.rows(), 1);
        Shapes.alike("dx", dx, x);
        run(() -> lora.graft_rmsnorm_backward(
                pool,
                Address.of(dy),
                Address.of(x),
                Address.of(w),
                Address.of(inverse),
                x.rows(),
                x.columns(),
                number(add),
                Address.of(dx)));
    }

    @Override
    public void rotate(Tensor x, int heads, int[] positions, Tensor table, RotaryLayout layout, boolean backward) {
        Shapes.same("x", x, positions.length, heads * table.columns());
        withInts(
                positions,
                at -> lora.graft_rope(
                        pool,
                        Address.of(x),
                        x.rows(),
                        heads,
                        table.columns(),
                        at,
                        Address.of(table),
                        table.rows(),
                        number(layout == RotaryLayout.HALVES),
                        number(backward)));
    }

    @Override
    public void attention(
            boolean bf16,
            Tensor q,
            Tensor k,
            Tensor v,
            Segments segments,
            int heads,
            int kvHeads,
            Tensor out,
            Tensor logSums) {
        int width = checkAttention(q, k, v, segments, heads, kvHeads, logSums);
        Shapes.alike("out", out, q);
        withInts(
                segments.starts(),
                starts -> lora.graft_attention_forward(
                        pool,
                        number(bf16),
                        Address.of(q),
                        Address.of(k),
                        Address.of(v),
                        starts,
                        segments.count(),
                        segments.prefix(),
                        heads,
                        kvHeads,
                        width,
                        Address.of(out),
                        Address.of(logSums)));
    }

    @Override
    public void attentionBackward(
            boolean bf16,
            Tensor dout,
            Tensor out,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor logSums,
            Segments segments,
            int heads,
            int kvHeads,
            Tensor dq,
            Tensor dk,
            Tensor dv) {
        int width = checkAttention(q, k, v, segments, heads, kvHeads, logSums);
        Shapes.alike("dout", dout, q);
        Shapes.alike("out", out, q);
        Shapes.alike("dq", dq, q);
        Shapes.alike("dk", dk, k);
        Shapes.alike("dv", dv, k);
        withInts(
                segments.starts(),
                starts -> lora.graft_attention_backward(
                        pool,
                        number(bf16),
                        Address.of(dout),
                        Address.of(out),
                        Address.of(q),
                        Address.of(k),
                        Address.of(v),
                        Address.of(logSums),
                        starts,
                        segments.count(),
                        segments.prefix(),
                        heads,
                        kvHeads,
                        width,
                        Address.of(dq),
                        Address.of(dk),
                        Address.of(dv)));
    }

    private static int checkAttention(
            Tensor q, Tensor k, Tensor v, Segments segments, int heads, int kvHeads, Tensor logSums) {
        int width = q.columns() / heads;
        Shapes.same("q", q, segments.rows(), heads * width);
        Shapes.same("k", k, segments.rows(), kvHeads * width);
        Shapes.alike("v", v, k);
        Shapes.same("logSums", logSums, segments.rows(), heads);
        return width;
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.alike("up", up, gate);
        Shapes.alike("out", out, gate);
        run(() -> lora.graft_swiglu_forward(pool, Address.of(gate), Address.of(up), gate.elements(), Address.of(out)));
    }

    @Override
    public void swiGluBackward(Tensor dout, Tensor gate, Tensor up, Tensor dgate, Tensor dup) {
        Shapes.alike("dout", dout, gate);
        Shapes.alike("up", up, gate);
        Shapes.alike("dgate", dgate, gate);
        Shapes.alike("dup", dup, gate);
        run(() -> lora.graft_swiglu_backward(
                pool,
                Address.of(dout),
                Address.of(gate),
                Address.of(up),
                gate.elements(),
                Address.of(dgate),
                Address.of(dup)));
    }

    @Override
    public float[] crossEntropy(boolean bf16, Tensor x, Weight w, int[] targets, double scale, Tensor dx) {
        Shapes.alike("dx", dx, x);
        return logProbabilities(bf16, x, w, targets, scale, Address.of(dx));
    }

    @Override
    public float[] logProbabilities(boolean bf16, Tensor x, Weight w, int[] targets) {
        return logProbabilities(bf16, x, w, targets, 0, Address.floats(MemorySegment.NULL));
    }

    private float[] logProbabilities(boolean bf16, Tensor x, Weight w, int[] targets, double scale, FloatPointer dx) {
        Shapes.same("x", x, targets.length, w.inputs());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment logP = arena.allocate(ValueLayout.JAVA_FLOAT, targets.length);
            withInts(
                    targets,
                    at -> lora.graft_cross_entropy(
                            pool,
                            number(bf16),
                            Address.of(x),
                            x.rows(),
                            x.columns(),
                            w.type().code(),
                            Address.of(w),
                            w.outputs(),
                            at,
                            (float) scale,
                            Address.floats(logP),
                            dx));
            return logP.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    @Override
    public void dropout(Tensor x, double share, long seed, long stream, Tensor y, boolean add) {
        Shapes.alike("y", y, x);
        run(() -> lora.graft_dropout(
                pool, Address.of(x), x.elements(), (float) share, seed, stream, number(add), Address.of(y)));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.alike("y", y, x);
        run(() -> lora.graft_add(pool, Address.of(x), x.elements(), Address.of(y)));
    }

    @Override
    public void scale(double by, Tensor y) {
        run(() -> lora.graft_scale(pool, (float) by, y.elements(), Address.of(y)));
    }

    @Override
    public void gather(Tensor x, int[] rows, Tensor y) {
        Shapes.same("y", y, rows.length, x.columns());
        withInts(
                rows,
                at -> lora.graft_gather(pool, Address.of(x), x.rows(), x.columns(), at, rows.length, Address.of(y)));
    }

    @Override
    public void scatter(Tensor x, int[] rows, Tensor y) {
        Shapes.same("x", x, rows.length, y.columns());
        withInts(
                rows,
                at -> lora.graft_scatter(pool, Address.of(x), rows.length, x.columns(), at, y.rows(), Address.of(y)));
    }

    @Override
    public double sumOfSquares(Tensor x) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sum = arena.allocate(ValueLayout.JAVA_DOUBLE);
            run(() -> lora.graft_sum_of_squares(pool, Address.of(x), x.elements(), Address.doubles(sum)));
            return sum.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    @Override
    public void adamW(Tensor weight, Tensor gradient, Tensor first, Tensor second, AdamW numbers) {
        Shapes.alike("gradient", gradient, weight);
        Shapes.alike("first", first, weight);
        Shapes.alike("second", second, weight);
        run(() -> lora.graft_adamw(
                pool,
                Address.of(weight),
                Address.of(gradient),
                Address.of(first),
                Address.of(second),
                weight.elements(),
                numbers.learningRate(),
                numbers.beta1(),
                numbers.beta2(),
                numbers.epsilon(),
                numbers.decay(),
                numbers.step(),
                numbers.gradientScale()));
    }

    /** A kernel that reads numbers from the heap: they are copied for the call. */
    @FunctionalInterface
    private interface OnInts {
        int run(IntPointer ints);
    }

    private void withInts(int[] ints, OnInts kernel) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_INT, ints);
            run(() -> kernel.run(Address.ints(copy)));
        }
    }

    private static int number(boolean set) {
        return set ? 1 : 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lora.graft_pool_close(pool);
            memory.close();
        }
    }
}
