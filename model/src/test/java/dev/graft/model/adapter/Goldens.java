package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What {@code src/test/python/peft_goldens.py} made: a tiny base, and adapters of it as PEFT saves them. */
final class Goldens {
    static final Path FOLDER = Path.of("src/test/resources/adapter");
    static final int MOST_RANK = 64;

    private Goldens() {}

    static LlamaModelFile base() throws IOException {
        return LlamaModelFile.check(GgufFile.read(FOLDER.resolve("base.gguf")));
    }

    static List<Path> adapters() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** All tensors of a safetensors file. */
    static Map<String, double[][]> matrices(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Safetensors header = SafetensorsReader.read(ByteSource.of(bytes));
        Map<String, double[][]> matrices = new HashMap<>();
        for (SafeTensor tensor : header.tensors()) {
            int from = (int) (bytes.length - header.dataBytes() + tensor.begin());
            byte[] data = Arrays.copyOfRange(bytes, from, from + tensor.bytes());
            double[][] matrix = new double[tensor.shape().getFirst().intValue()]
                    [tensor.shape().getLast().intValue()];
            for (int i = 0; i < matrix.length * matrix[0].length; i++) {
                matrix[i / matrix[0].length][i % matrix[0].length] = Floats.read(tensor.type(), data, i);
            }
            matrices.put(tensor.name(), matrix);
        }
        return matrices;
    }
}
