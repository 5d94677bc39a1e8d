package dev.graft.lora;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What PyTorch computes, tensor by name: a file of {@code src/test/python/kernel_goldens.py}, which says what lies in it. */
record Golden(Map<String, Matrix> matrices) {
    private static final Path FOLDER = Path.of("src/test/resources/kernels");

    /** Row-major. */
    record Matrix(double[] numbers, int rows, int columns) {
        Tensor on(Kernels kernels) {
            return Numbers.tensor(kernels, numbers, columns);
        }

        double[] row(int row) {
            double[] of = new double[columns];
            System.arraycopy(numbers, row * columns, of, 0, columns);
            return of;
        }

        int[] wholes() {
            int[] wholes = new int[numbers.length];
            for (int i = 0; i < wholes.length; i++) {
                wholes[i] = (int) numbers[i];
            }
            return wholes;
        }
    }

    static Golden read(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve(name + ".golden"));
        int newline = 0;
        while (bytes[newline] != '\n') {
            newline++;
        }
        FloatBuffer numbers = ByteBuffer.wrap(bytes, newline + 1, bytes.length - newline - 1)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        Map<String, Matrix> matrices = new LinkedHashMap<>();
        for (String entry : new String(bytes, 0, newline, StandardCharsets.US_ASCII).split(";")) {
            String[] words = entry.split(" ");
            int rows = Integer.parseInt(words[1]);
            int columns = Integer.parseInt(words[2]);
            double[] of = new double[rows * columns];
            for (int i = 0; i < of.length; i++) {
                of[i] = numbers.get();
            }
            matrices.put(words[0], new Matrix(of, rows, columns));
        }
        return new Golden(matrices);
    }

    Matrix matrix(String name) {
        return Optional.ofNullable(matrices.get(name)).orElseThrow();
    }

    Tensor on(Kernels kernels, String name) {
        return matrix(name).on(kernels);
    }

    /** As large as the named one, all 0. */
    Tensor like(Kernels kernels, String name) {
        return kernels.allocate(matrix(name).rows(), matrix(name).columns());
    }

    /** Fails where the tensor is not the named one, to what single precision allows. */
    void assertIs(String name, Kernels kernels, Tensor found) {
        Numbers.assertClose(name, Numbers.floats(kernels, found), matrix(name).numbers(), 1e-5);
    }
}
