package dev.graft.lora;

/**
 * What a network computes with, on one device. A method that ends in Backward is the gradient of the one before it; shapes are in brackets.
 * {@code add} adds to what is there in place of overwriting it. Used by one thread at a time. A shape that does not fit is an
 * {@link IllegalArgumentException}, before anything is computed.
 */
public interface Kernels extends AutoCloseable {
    /** Rotary layouts: which two elements of a head turn together. */
    enum RotaryLayout {
        /** 2i and 2i + 1, as llama.cpp's files of the architecture have them. */
        PAIRS,
        /** i and i + width / 2, as Hugging Face's have them. */
        HALVES
    }

    /** Whether products in bf16 are native here. */
    boolean hasBf16();

    /** New memory, all 0, that lasts until {@link #close()}. */
    Tensor allocate(int rows, int columns);

    /** Bytes allocated so far. */
    long allocatedBytes();

    void upload(float[] from, Tensor to);

    void download(Tensor from, float[] to);

    /** Sets all elements to 0. */
    void clear(Tensor tensor);

    /** to = from. */
    void copy(Tensor from, Tensor to);

    /** All of a weight in single precision. */
    void dequantize(Weight from, Tensor to);

    /** out [tokens][inputs] = rows of the table [vocabulary][inputs]. */
    void embed(Weight table, int[] tokens, Tensor out);

    /** y [rows][outputs] = x [rows][inputs] · wᵀ. */
    void linear(boolean bf16, Tensor x, Weight w, Tensor y, boolean add);

    void linearBackward(boolean bf16, Tensor dy, Weight w, Tensor dx, boolean add);

    /** c [m][n] = a [m][k] · b [k][n], where a transposed operand lies in memory as [k][m] or [n][k]. */
    void product(Tensor a, boolean aTransposed, Tensor b, boolean bTransposed, Tensor c, boolean add);

    /** y = x / rms(x) · w by row; inverse [rows][1] keeps 1 / rms for the way back. */
    void rmsNorm(Tensor x, Tensor w, double epsilon, Tensor y, Tensor inverse);

    void rmsNormBackward(Tensor dy, Tensor x, Tensor w, Tensor inverse, Tensor dx, boolean add);

    /** Turns each head of x [rows][heads · width] in place; table [positions][width] holds cosine and sine of each pair. */
    void rotate(Tensor x, int heads, int[] positions, Tensor table, RotaryLayout layout, boolean backward);

    /**
     * out [rows][heads · width] of q, k, v; logSums [rows][heads] for the way back.
     *
     * @param bf16 products in bf16, where that is the faster way here
     */
    void attention(
            boolean bf16,
            Tensor q,
            Tensor k,
            Tensor v,
            Segments segments,
            int heads,
            int kvHeads,
            Tensor out,
            Tensor logSums);

    /** Overwrites dq, dk and dv. */
    void attentionBackward(
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
            Tensor dv);

    /** out = silu(gate) · up. */
    void swiGlu(Tensor gate, Tensor up, Tensor out);

    void swiGluBackward(Tensor dout, Tensor gate, Tensor up, Tensor dgate, Tensor dup);

    /**
     * Log-probabilities of the targets under softmax(x · wᵀ), one for each row of x.
     *
     * @param dx of {@code -scale · Σ log p}, overwritten
     */
    float[] crossEntropy(boolean bf16, Tensor x, Weight w, int[] targets, double scale, Tensor dx);

    /** The same without a gradient. */
    float[] logProbabilities(boolean bf16, Tensor x, Weight w, int[] targets);

    /** y = x with a share left out and the rest scaled up; which follows from seed, stream and index alone. Its own backward. */
    void dropout(Tensor x, double share, long seed, long stream, Tensor y, boolean add);

    /** y += x. */
    void add(Tensor x, Tensor y);

    /** y *= by. */
    void scale(double by, Tensor y);

    /** y [rows] = those rows of x. */
    void gather(Tensor x, int[] rows, Tensor y);

    /** Those rows of y = x. */
    void scatter(Tensor x, int[] rows, Tensor y);

    double sumOfSquares(Tensor x);

    /** Updates weight and both moments. */
    void adamW(Tensor weight, Tensor gradient, Tensor first, Tensor second, AdamW numbers);

    @Override
    void close();
}
