package dev.graft.bench.training;

import dev.graft.bench.client.Http;
import dev.graft.bench.client.Streamed;
import dev.graft.bench.load.InTurns;
import dev.graft.bench.load.Load;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Percentiles;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** Eight clients of inference-service while a training runs on the same cores, at the lowest priority as training-service has it, and while none does. */
record BesideServing(Machine machine, int turns) {
    private static final int CLIENTS = 8;
    private static final int PROMPT_TOKENS = 64;
    private static final int TOKENS = 256;
    private static final long SEED = 20_261_125;
    private static final long WARM_MS = 3000;

    Sides itlP95() throws Exception {
        List<TokenizedExample> examples = new ReviewExamples(machine).learned(new int[0]);
        Setup endless = new Setup(
                machine.model(),
                Recipes.of(0, new Recipe.Length.Steps(1_000_000), SEED, Recipe.Precision.AUTO),
                examples);
        try (Running service = InferenceService.start(machine, "training", List.of("-Dgraft.kafka.enabled=false"))) {
            List<List<Double>> seen = InTurns.run(
                    turns,
                    List.of(
                            turn -> {
                                try (GraftLearner training = GraftLearner.startLast(machine)) {
                                    training.open(endless);
                                    training.trainOn();
                                    Thread.sleep(WARM_MS);
                                    return gapP95(service.http(), turn);
                                }
                            },
                            turn -> gapP95(service.http(), turn)));
            return new Sides(Percentiles.median(seen.getFirst()), Percentiles.median(seen.getLast()));
        }
    }

    private static double gapP95(Http http, int turn) throws InterruptedException {
        Words words = new Words(SEED + turn);
        List<List<Callable<Streamed>>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String body = "{\"prompt\":\"" + words.draw(PROMPT_TOKENS) + "\",\"max_tokens\":" + TOKENS
                    + ",\"temperature\":0,\"ignore_eos\":true,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
            clients.add(List.of(() -> http.stream("/v1/completions", body)));
        }
        return Percentiles.percentile(
                0.95,
                Load.run(clients).answers().stream()
                        .flatMapToDouble(answer -> Arrays.stream(answer.gapsMs()))
                        .toArray());
    }
}
