package dev.graft.training.network;

import dev.graft.lora.Tensor;
import dev.graft.model.adapter.Target;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.optimizer.Parameter;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;

/** The training that {@code src/test/python/training_goldens.py} had PEFT do: a tiny random model with grouped queries, all seven targets. */
final class TinyTraining {
    static final Path MODEL = Path.of("../model/src/test/resources/adapter/base.gguf");
    static final Resources TWO_THREADS = new Resources(1L << 30, 2);
    static final Recipe RECIPE = recipe(0);

    private static final Path GOLDENS = Path.of("src/test/resources/network");

    private TinyTraining() {}

    static Recipe recipe(double dropout) {
        return recipe(dropout, Recipe.Precision.FP32);
    }

    static Recipe recipe(double dropout, Recipe.Precision precision) {
        return recipe(4, dropout, precision);
    }

    static Recipe recipe(int rank, double dropout, Recipe.Precision precision) {
        return new Recipe(
                rank,
                8,
                dropout,
                EnumSet.allOf(Target.class),
                false,
                1,
                5e-3,
                Recipe.Schedule.COSINE,
                0.1,
                0.01,
                1,
                1,
                new Recipe.Batch.Examples(4),
                new Recipe.Length.Steps(50),
                7,
                precision);
    }

    static List<TokenizedExample> examples() throws IOException {
        return Files.readAllLines(GOLDENS.resolve("examples.txt")).stream()
                .map(line -> {
                    int[] numbers = Arrays.stream(line.split(" "))
                            .mapToInt(Integer::parseInt)
                            .toArray();
                    return new TokenizedExample(Arrays.copyOfRange(numbers, 1, numbers.length), numbers[0]);
                })
                .toList();
    }

    static float[] golden(String name) throws IOException {
        FloatBuffer numbers = ByteBuffer.wrap(Files.readAllBytes(GOLDENS.resolve(name)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] floats = new float[numbers.remaining()];
        numbers.get(floats);
        return floats;
    }

    /** Begins where PEFT began, in place of the trainer's own first weights. */
    static Trainer open(Recipe recipe, Resources resources, Packing packing) throws IOException {
        Trainer trainer = Trainer.open(MODEL, recipe, examples(), List.of(), resources, packing);
        FloatBuffer adapter = FloatBuffer.wrap(golden("adapter.f32"));
        for (Parameter parameter : trainer.trained().parameters()) {
            float[] weight = new float[(int) parameter.weight().elements()];
            adapter.get(weight);
            trainer.kernels().upload(weight, parameter.weight());
        }
        return trainer;
    }

    /** Of the last step, tensor by tensor. */
    static List<float[]> gradients(Trainer trainer) {
        return downloaded(trainer, Parameter::gradient);
    }

    static List<float[]> weights(Trainer trainer) {
        return downloaded(trainer, Parameter::weight);
    }

    private static List<float[]> downloaded(Trainer trainer, Function<Parameter, Tensor> which) {
        return trainer.trained().parameters().stream()
                .map(parameter -> {
                    float[] floats = new float[(int) which.apply(parameter).elements()];
                    trainer.kernels().download(which.apply(parameter), floats);
                    return floats;
                })
                .toList();
    }

    /** Length of the difference, relative to the right one's; NaN where a number is none. */
    static double error(float[] found, float[] right) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < right.length; i++) {
            difference += Math.pow((double) found[i] - right[i], 2);
            length += Math.pow(right[i], 2);
        }
        return Math.sqrt(difference / length);
    }
}
