package dev.graft.training.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingChecks;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.job.JobIds;
import dev.graft.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads the body that creates a job: OpenAI's fields, and Graft's beside. */
final class JobFields {
    static TrainingRequest request(Fields body) {
        String id = JobIds.next();
        Optional<String> model = Optional.of(body.required("model"));
        OptionalLong seed = body.wholeLong("seed");
        Optional<Fields> old = body.object("hyperparameters");
        Optional<Fields> supervised = body.object("method").flatMap(JobFields::supervised);
        if (old.isPresent() && supervised.isPresent()) {
            throw body.invalid("hyperparameters", "twice", "must stand in method.supervised or here, not in both");
        }
        Optional<TrainingRecipe> recipe =
                supervised.or(() -> old).map(fields -> HyperparameterFields.recipe(fields, seed));
        String adapter = body.text("suffix").orElse("ft-" + id.substring(id.length() - 8));
        TrainingData data = data(body);
        Optional<TrainingChecks> checks = body.object("checks").map(JobFields::checks);
        integrations(body);
        Map<String, String> metadata = body.texts("metadata");
        body.end();
        return new TrainingRequest(
                id,
                adapter,
                model,
                data,
                recipe.or(() -> seed.isPresent() ? Optional.of(HyperparameterFields.seeded(seed)) : Optional.empty()),
                checks,
                metadata);
    }

    private static Optional<Fields> supervised(Fields method) {
        String type = method.text("type").orElse("supervised");
        if (!type.equals("supervised")) {
            throw new FaultException(
                    Fault.input("unsupported_parameter", "method.type", type, "must be supervised: no other is there"));
        }
        Optional<Fields> fields = method.object("supervised").flatMap(supervised -> {
            Optional<Fields> found = supervised.object("hyperparameters");
            supervised.end();
            return found;
        });
        method.end();
        return fields;
    }

    /** What is asked about a file that may become a job's. */
    record DataCheck(TrainingData data, long seed) {}

    /** Reads the body that asks about a file: of a job's fields those that concern data. */
    static DataCheck check(String file, Fields body) {
        long seed = body.wholeLong("seed").orElse(Recipe.DEFAULT.seed());
        TrainingData data = data(file, body);
        body.end();
        return new DataCheck(data, seed);
    }

    private static TrainingData data(Fields body) {
        return data(body.required("training_file"), body);
    }

    private static TrainingData data(String file, Fields body) {
        Optional<String> validation = body.text("validation_file");
        Optional<Fields> data = body.object("data");
        if (data.isEmpty()) {
            return new TrainingData(
                    file, validation, OptionalDouble.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        Fields fields = data.get();
        Optional<String> input = fields.text("input");
        Optional<String> label = fields.text("label");
        Optional<TrainingData.Columns> columns = input.isPresent() || label.isPresent()
                ? Optional.of(new TrainingData.Columns(input.orElse("input"), label.orElse("label")))
                : Optional.empty();
        var read = new TrainingData(
                file,
                validation,
                fields.real("validation_share"),
                columns,
                fields.object("template").map(JobFields::template),
                fields.text("loss_on").map(word -> lossOn(fields, word)));
        fields.end();
        return read;
    }

    private static TrainingData.Template template(Fields fields) {
        Optional<String> version = fields.text("version");
        Optional<String> text = fields.text("text");
        Optional<JsonNode> messages = fields.value("messages");
        fields.end();
        if (text.isPresent() == messages.isPresent()) {
            throw fields.invalid("text", text.orElse(""), "must be a text, or messages in its place");
        }
        Prompt prompt =
                text.isPresent() ? new Prompt.Text(text.get()) : new Prompt.Chat(messages(fields, messages.get()));
        return new TrainingData.Template(version, prompt);
    }

    private static List<Message> messages(Fields fields, JsonNode array) {
        if (!array.isArray() || array.isEmpty()) {
            throw fields.invalid("messages", array, "must be an array of at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : array) {
            messages.add(EventJson.read(EventJson.write(message), Message.class));
        }
        return messages;
    }

    private static TrainingData.LossOn lossOn(Fields fields, String word) {
        return switch (word) {
            case "completion" -> TrainingData.LossOn.COMPLETION;
            case "all" -> TrainingData.LossOn.ALL;
            default -> throw fields.invalid("loss_on", word, "must be completion or all");
        };
    }

    private static TrainingChecks checks(Fields fields) {
        var checks = new TrainingChecks(
                fields.whole("evaluate_every"), fields.whole("patience"), fields.whole("checkpoint_every"));
        fields.end();
        return checks;
    }

    /** An empty list is what OpenAI's clients send for none. */
    private static void integrations(Fields body) {
        body.value("integrations").filter(list -> !list.isEmpty()).ifPresent(list -> {
            throw new FaultException(
                    Fault.input("unsupported_parameter", "integrations", list, "must be left out: there are none"));
        });
    }

    private JobFields() {}
}
