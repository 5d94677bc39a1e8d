package dev.graft.bench.training;

import dev.graft.bench.row.Row;
import dev.graft.bench.row.RowOptions;
import dev.graft.bench.row.TrainingGoal;
import dev.graft.bench.server.Machine;
import dev.graft.lora.CpuKernels;
import dev.graft.training.network.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft bench training}: Graft's trainer beside PEFT, on the same weights, data and batches. */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        description = "LoRA training beside PEFT on the same weights, data and batches, in turns.")
public final class TrainingCommand implements Callable<Integer> {
    @Mixin
    private RowOptions options = new RowOptions();

    @Option(
            names = "--learning-rates",
            paramLabel = "RATE",
            split = ",",
            description = "In place of the rows: the reviews' loss and accuracy after an epoch at each of these.")
    private List<Double> learningRates = List.of();

    @Override
    public Integer call() throws Exception {
        for (double rate : learningRates) {
            options.say(new LearningRates(Machine.current()).after(rate).toString());
        }
        return learningRates.isEmpty() ? rows() : 0;
    }

    private int rows() throws Exception {
        Set<TrainingGoal> wanted = options.wanted(TrainingGoal.class);
        Machine machine = Machine.current();
        List<Row> rows = new ArrayList<>();
        Trainings trainings = new Trainings(machine, options.turns());
        if (wanted.contains(TrainingGoal.GEMM_BOUND_SHARE_BF16) && !Trainer.hasBf16()) {
            options.say("gemm_bound_share_bf16: not measured, this processor does not multiply bfloat16");
            wanted.remove(TrainingGoal.GEMM_BOUND_SHARE_BF16);
        }
        for (TrainingGoal goal : wanted) {
            Row row = measure(goal, trainings);
            options.say(row);
            rows.add(row);
        }
        options.finish(machine, Machine.cpu() + ", oneDNN: " + CpuKernels.productInstructions(), rows);
        return 0;
    }

    private Row measure(TrainingGoal goal, Trainings trainings) throws Exception {
        return switch (goal) {
            case REVIEWS_TOKENS_PER_S -> against(goal, trainings.reviews());
            case REVIEWS_VS_RECIPE_TOKENS_PER_S -> against(goal, trainings.reviewsAsTheRecipeHasThem());
            case PREFIX200_EXAMPLES_PER_S -> against(goal, trainings.behindAPrefix(200));
            case GEMM_BOUND_SHARE -> goal.alone(trainings.shareOfProducts());
            case GEMM_BOUND_SHARE_BF16 -> goal.alone(trainings.shareOfProductsInBf16());
            case PEAK_RSS -> against(goal, trainings.peakRss());
            case REVIEWS_ACCURACY -> accuracy(goal, trainings.accuracies());
            case PEFT_LOADS_EXPORT -> goal.alone(new ExportedToPeft(trainings.machine()).difference());
            case LLAMA2_7B_STEP_RSS_MB -> goal.alone(trainings.rssOfSevenBillion());
            case SERVING_ITL_P95_WHILE_TRAINING ->
                against(goal, new BesideServing(trainings.machine(), trainings.turns()).itlP95());
        };
    }

    private Row accuracy(TrainingGoal goal, SeedAccuracies seeds) {
        options.say("accuracies by seed: graft %s, peer %s"
                .formatted(Arrays.toString(seeds.graft()), Arrays.toString(seeds.peer())));
        return goal.against(seeds.graftMean(), seeds.peerMean(), seeds.chance());
    }

    private static Row against(TrainingGoal goal, Sides sides) {
        return goal.against(sides.graft(), sides.peer());
    }
}
