package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.Adapters;
import dev.graft.inference.adapter.BaseModel;
import dev.graft.inference.adapter.LoadState;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.request.PromptTokens;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /v1/models}: what is served here. Adapters are models with the base as their parent: one for each that has a live generation, and one for each
 * label; {@code root} tells which generation that is.
 */
@Singleton
final class Models {
    private final BaseModel base;
    private final PromptTokens prompts;
    private final Registry registry;
    private final AdapterLoader loader;
    private final Adapters adapters;
    private final long since = Instant.now().getEpochSecond();

    Models(BaseModel base, PromptTokens prompts, Registry registry, AdapterLoader loader, Adapters adapters) {
        this.base = base;
        this.prompts = prompts;
        this.registry = registry;
        this.loader = loader;
        this.adapters = adapters;
    }

    void list(Call call) {
        call.reply(g -> {
            g.writeStartObject();
            g.writeStringField("object", "list");
            g.writeArrayFieldStart("data");
            base(g);
            for (AdapterEntry entry : registry.entries()) {
                adapter(g, entry);
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    void one(Call call) {
        String model = call.pathParam("model");
        Optional<AdapterRef> chosen = adapters.choose(Optional.of(model), Optional.empty(), "model");
        Optional<AdapterGeneration> generation =
                chosen.flatMap(ref -> registry.find(ref.name()).flatMap(entry -> entry.generation(ref.generation())));
        call.reply(g -> {
            if (chosen.isPresent() && generation.isPresent()) {
                model(g, model, chosen.get().name(), generation.get());
            } else {
                base(g);
            }
        });
    }

    /** Not what can't be loaded here, or is for another base. */
    private void adapter(JsonGenerator g, AdapterEntry entry) throws IOException {
        Optional<AdapterGeneration> live = entry.live().filter(generation -> offered(entry, generation));
        if (live.isPresent()) {
            model(g, entry.name(), entry.name(), live.get());
        }
        for (Map.Entry<String, Integer> label : entry.sortedLabels().entrySet()) {
            var labelled = entry.generation(label.getValue()).filter(generation -> offered(entry, generation));
            if (labelled.isPresent()) {
                model(g, entry.name() + "@" + label.getKey(), entry.name(), labelled.get());
            }
        }
    }

    private boolean offered(AdapterEntry entry, AdapterGeneration generation) {
        return switch (loader.state(entry.name(), generation)) {
            case LoadState.Failed _, LoadState.OtherBase _, LoadState.Retired _ -> false;
            case LoadState.Waiting _, LoadState.Loading _, LoadState.Loaded _ -> true;
        };
    }

    private void base(JsonGenerator g) throws IOException {
        g.writeStartObject();
        common(g, base.name(), since);
        g.writeStringField("root", base.name());
        g.writeNullField("parent");
        g.writeEndObject();
    }

    private void model(JsonGenerator g, String id, String name, AdapterGeneration generation) throws IOException {
        g.writeStartObject();
        common(g, id, generation.createdAt().getEpochSecond());
        g.writeStringField("root", name + "@" + generation.generation());
        g.writeStringField("parent", base.name());
        g.writeEndObject();
    }

    private void common(JsonGenerator g, String id, long created) throws IOException {
        g.writeStringField("id", id);
        g.writeStringField("object", "model");
        g.writeNumberField("created", created);
        g.writeStringField("owned_by", "graft");
        g.writeNumberField("max_model_len", prompts.room());
    }
}
