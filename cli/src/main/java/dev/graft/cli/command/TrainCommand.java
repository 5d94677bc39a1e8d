package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.training.DatasetLines;
import dev.graft.cli.training.JobProgress;
import dev.graft.cli.training.JobTable;
import dev.graft.contracts.AdapterNames;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graft train}. */
@Command(name = "train", description = "Train an adapter on a file of examples; when it is done, it is served at once.")
public final class TrainCommand implements Callable<Integer> {
    @Option(
            names = {"-d", "--data"},
            paramLabel = "FILE",
            required = true,
            description =
                    "CSV or JSONL: a column for the input and one for the label; or JSONL of messages, or of prompt and completion.")
    Path data = Path.of("");

    @Option(names = "--input", paramLabel = "COLUMN", description = "The column that is read.")
    Optional<String> input = Optional.empty();

    @Option(names = "--label", paramLabel = "COLUMN", description = "The column that is to be answered.")
    Optional<String> label = Optional.empty();

    @Option(names = "--name", paramLabel = "NAME", description = "What the adapter is called; needed to train.")
    String name = "";

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description =
                    "How an input becomes a prompt, such as 'Review: {{ text }} Sentiment:'. Default: one user turn.")
    Optional<String> prompt = Optional.empty();

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of the examples that is measured on, not learned. Default: ${DEFAULT-VALUE}.")
    double heldOut;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the examples.")
    Optional<Integer> epochs = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "Steps, instead of passes.")
    Optional<Integer> steps = Optional.empty();

    @Option(names = "--rank", paramLabel = "R", description = "Rank of the adapter.")
    Optional<Integer> rank = Optional.empty();

    @Option(names = "--learning-rate", paramLabel = "RATE", description = "The highest learning rate.")
    Optional<Double> learningRate = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same adapter.")
    Optional<Long> seed = Optional.empty();

    @Option(names = "--check", description = "Only tell what is known of the data, and train nothing.")
    boolean check;

    @Option(names = "--detach", description = "Only begin: graft jobs tells how it goes.")
    boolean detach;

    @Option(names = "--json", description = "Print the job as JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        if (!Files.isRegularFile(data)) {
            throw new NoSuchFileException(data.toString());
        }
        if (check) {
            return check(JobsCommand.client());
        }
        AdapterNames.name("--name", name);
        TrainingClient client = JobsCommand.client();
        JsonNode job = client.post(JobsCommand.PATH, body(client));
        String id = job.path("id").asText();
        if (!detach) {
            follow(client, id);
            job = client.get(JobsCommand.PATH + "/" + id);
        }
        System.out.println(json ? Json.pretty(job) : detach ? id : served(job));
        return 0;
    }

    private int check(TrainingClient client) throws IOException, InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        seed.ifPresent(number -> body.put("seed", number));
        from().ifPresent(from -> body.put("data", from));
        JsonNode report = client.post("/v1/files/" + client.upload(data) + "/report", body);
        if (json) {
            System.out.println(Json.pretty(report));
        } else {
            DatasetLines.of(report).forEach(System.out::println);
        }
        return DatasetLines.refused(report) ? 1 : 0;
    }

    private Map<String, Object> body(TrainingClient client) throws IOException, InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model());
        body.put("training_file", client.upload(data));
        body.put("suffix", name);
        seed.ifPresent(number -> body.put("seed", number));
        Map<String, Object> how = new LinkedHashMap<>();
        epochs.ifPresent(n -> how.put("n_epochs", n));
        steps.ifPresent(n -> how.put("steps", n));
        rank.ifPresent(n -> how.put("rank", n));
        learningRate.ifPresent(rate -> how.put("learning_rate", rate));
        if (!how.isEmpty()) {
            body.put("method", Map.of("type", "supervised", "supervised", Map.of("hyperparameters", how)));
        }
        from().ifPresent(from -> body.put("data", from));
        return body;
    }

    /** How the file is read. */
    private Optional<Map<String, Object>> from() {
        Map<String, Object> from = new LinkedHashMap<>();
        input.ifPresent(column -> from.put("input", column));
        label.ifPresent(column -> from.put("label", column));
        prompt.ifPresent(text -> from.put("template", Map.of("text", text)));
        if (heldOut > 0) {
            from.put("validation_share", heldOut);
        }
        return from.isEmpty() ? Optional.empty() : Optional.of(from);
    }

    /** The one that is served. */
    private static String model() throws IOException, InterruptedException {
        JsonNode models = AdaptersCommand.client().get("/v1/models");
        return models.path("data").path(0).path("id").asText();
    }

    private void follow(TrainingClient client, String id) throws IOException, InterruptedException {
        Progress progress = Progress.standard();
        progress.say("job " + id + ": graft jobs pause, cancel or show it; it goes on where this is interrupted");
        try (var shown = new JobProgress(progress, "training " + name)) {
            client.follow(id, shown::take);
            switch (shown.status()) {
                case "succeeded" ->
                    shown.done("step " + shown.end().path("step").asInt() + " is live");
                case "failed" -> throw failed(shown.end().path("fault"));
                default ->
                    throw new FaultException(Fault.ended("cancelled", "the job was ended: graft jobs show " + id));
            }
        }
    }

    private static FaultException failed(JsonNode fault) {
        return new FaultException(Fault.input(
                fault.path("code").asText(),
                fault.path("field").asText(),
                fault.path("value").asText(),
                fault.path("remedy").asText()));
    }

    private static String served(JsonNode job) {
        return job.path("fine_tuned_model").asText() + "@"
                + job.path("generation").asInt() + " is served: use it as the model's name"
                + JobTable.agreement(job.path("serving_agreement"))
                        .map(line -> "\n" + line.strip())
                        .orElse("");
    }
}
