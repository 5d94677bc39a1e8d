package dev.graft.lora;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Function;

/** Random matrices, finite differences, and a comparison that no NaN passes. */
final class Numbers {
    private static final double STEP = 1e-5;

    private Numbers() {}

    static double[] random(int count, long seed) {
        var random = new Random(seed);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    static Tensor tensor(Kernels kernels, double[] numbers, int columns) {
        Tensor tensor = kernels.allocate(numbers.length / columns, columns);
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        kernels.upload(floats, tensor);
        return tensor;
    }

    static float[] floats(Kernels kernels, Tensor tensor) {
        float[] floats = new float[(int) tensor.elements()];
        kernels.download(tensor, floats);
        return floats;
    }

    /** Gradient of {@code dy · f(x)} by central differences in double precision. */
    static double[] differences(Function<double[], double[]> f, double[] x, double[] dy) {
        double[] gradient = new double[x.length];
        double[] moved = x.clone();
        for (int i = 0; i < x.length; i++) {
            moved[i] = x[i] + STEP;
            double above = dot(f.apply(moved), dy);
            moved[i] = x[i] - STEP;
            gradient[i] = (above - dot(f.apply(moved), dy)) / (2 * STEP);
            moved[i] = x[i];
        }
        return gradient;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Each within the tolerance, relative to the largest. */
    static void assertClose(String name, float[] found, double[] right, double tolerance) {
        assertThat(found).as(name).hasSameSizeAs(right);
        double largest = 1e-2;
        for (double number : right) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < right.length; i++) {
            boolean close = Math.abs(found[i] - right[i]) <= tolerance * largest;
            assertThat(close)
                    .as("%s[%d] is %s, should be %s", name, i, found[i], right[i])
                    .isTrue();
        }
    }
}
