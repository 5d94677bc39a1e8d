package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.ServingAgreement;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.job.Job;
import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipes;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job as OpenAI's API shows it, with how far it is beside. */
final class JobView {
    static ObjectNode of(Job job, String base) {
        TrainingRequest request = job.request();
        Optional<TrainingEvent.Succeeded> adapter = job.end().flatMap(Job.End::adapter);
        Recipe recipe = request.recipe().map(Recipes::of).orElse(Recipe.DEFAULT);
        ObjectNode view = Json.object()
                .put("id", job.id())
                .put("object", "fine_tuning.job")
                .put("created_at", job.createdAt().getEpochSecond())
                .put("model", request.model().orElse(base))
                .put("organization_id", "graft")
                .put("status", job.status().word())
                .put("training_file", request.data().file())
                .put("validation_file", request.data().validation().orElse(null))
                .put("seed", recipe.seed())
                .put("suffix", request.adapter());
        view.put(
                "fine_tuned_model",
                adapter.map(TrainingEvent.Succeeded::adapter).orElse(null));
        view.put("finished_at", job.end().map(end -> end.at().getEpochSecond()).orElse(null));
        view.put("trained_tokens", job.pace().trainedTokens() > 0 ? job.pace().trainedTokens() : null);
        view.put("estimated_finish", estimatedFinish(job));
        view.putArray("result_files");
        view.set("metadata", metadata(request.metadata()));
        view.set("error", job.end().flatMap(Job.End::fault).map(JobView::error).orElse(null));
        ObjectNode hyperparameters = hyperparameters(recipe);
        view.set("hyperparameters", hyperparameters);
        ObjectNode method = view.putObject("method").put("type", "supervised");
        method.putObject("supervised").set("hyperparameters", hyperparameters.deepCopy());
        view.put("step", job.pace().step()).put("steps", job.pace().steps());
        view.set("memory", memory(job.memory()));
        adapter.ifPresent(a -> view.put("generation", a.generation()).put("adapter_sha256", a.sha256()));
        adapter.flatMap(TrainingEvent.Succeeded::agreement)
                .ifPresent(agreement -> view.set("serving_agreement", agreement(agreement)));
        return view;
    }

    /** As with OpenAI nothing where there is none. */
    private static @Nullable ObjectNode metadata(Map<String, String> metadata) {
        if (metadata.isEmpty()) {
            return null;
        }
        ObjectNode view = Json.object();
        metadata.forEach(view::put);
        return view;
    }

    private static ObjectNode memory(Job.Memory memory) {
        ObjectNode view = Json.object();
        memory.estimated().ifPresent(bytes -> view.put("estimated_bytes", bytes));
        memory.used().ifPresent(bytes -> view.put("used_bytes", bytes));
        return view;
    }

    private static ObjectNode agreement(ServingAgreement agreement) {
        return Json.object()
                .put("examples", agreement.examples())
                .put("tokens", agreement.tokens())
                .put("same_likeliest", agreement.sameLikeliest())
                .put("mean_divergence", agreement.meanDivergence());
    }

    private static @Nullable Long estimatedFinish(Job job) {
        boolean known = job.status().held() && job.pace().secondsLeft() >= 0;
        return known
                ? Instant.now().plusSeconds((long) job.pace().secondsLeft()).getEpochSecond()
                : null;
    }

    private static ObjectNode error(Fault fault) {
        return Json.object()
                .put("code", fault.code())
                .put("message", fault.message())
                .put("param", fault.field().isEmpty() ? null : fault.field());
    }

    private static ObjectNode hyperparameters(Recipe recipe) {
        ObjectNode view = Json.object();
        switch (recipe.length()) {
            case Recipe.Length.Epochs(int epochs) -> view.put("n_epochs", epochs);
            case Recipe.Length.Steps(int steps) -> view.put("steps", steps);
        }
        switch (recipe.batch()) {
            case Recipe.Batch.Examples(int examples) -> view.put("batch_size", examples);
            case Recipe.Batch.Tokens(int tokens) -> view.put("batch_tokens", tokens);
        }
        return view.put("learning_rate_multiplier", recipe.learningRate() / Recipe.DEFAULT.learningRate())
                .put("learning_rate", recipe.learningRate())
                .put("rank", recipe.rank())
                .put("alpha", recipe.alpha())
                .put("dropout", recipe.dropout())
                .put("rank_stabilised", recipe.rankStabilised())
                .put("lora_plus_ratio", recipe.loraPlusRatio())
                .put("schedule", word(recipe.schedule()))
                .put("warm_up", recipe.warmUp())
                .put("weight_decay", recipe.weightDecay())
                .put("clip_norm", recipe.clipNorm())
                .put("accumulation", recipe.accumulation())
                .put("precision", word(recipe.precision()))
                .set("targets", targets(recipe));
    }

    private static ArrayNode targets(Recipe recipe) {
        ArrayNode targets = Json.array();
        recipe.targets().forEach(target -> targets.add(word(target)));
        return targets;
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    private JobView() {}
}
