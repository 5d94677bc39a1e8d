package dev.graft.model.adapter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What a checked GGUF adapter adds to the base's weights, computed from the ranges that the check gives. */
final class AdapterWeights {
    private AdapterWeights() {}

    /** {@code scale · B · A}, {@code [outputs][inputs]}, rows in the file's order. */
    static double[][] delta(Path file, AdapterPair pair) throws IOException {
        double[][] a = matrix(file, pair.a());
        double[][] b = matrix(file, pair.b());
        double[][] delta = new double[b.length][a[0].length];
        for (int row = 0; row < b.length; row++) {
            for (int column = 0; column < a[0].length; column++) {
                double sum = 0;
                for (int r = 0; r < pair.rank(); r++) {
                    sum += b[row][r] * a[r][column];
                }
                delta[row][column] = pair.scale() * sum;
            }
        }
        return delta;
    }

    private static double[][] matrix(Path file, AdapterMatrix matrix) throws IOException {
        byte[] bytes = new byte[(int) matrix.bytes()];
        try (FileChannel channel = FileChannel.open(file)) {
            ByteSource.of(channel).read(matrix.offset(), bytes, bytes.length);
        }
        double[][] values = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < matrix.rows() * matrix.columns(); i++) {
            values[i / matrix.columns()][i % matrix.columns()] = Floats.read(matrix.type(), bytes, i);
        }
        return values;
    }
}
