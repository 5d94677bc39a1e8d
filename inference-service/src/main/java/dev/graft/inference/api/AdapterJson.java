package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.TrafficShare;
import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.LoadState;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Adapters' entries, each generation with how far it is on this instance. */
@Singleton
final class AdapterJson {
    private final AdapterLoader loader;

    AdapterJson(AdapterLoader loader) {
        this.loader = loader;
    }

    /** An object. */
    void entry(JsonGenerator g, AdapterEntry entry) throws IOException {
        g.writeStartObject();
        fields(g, entry);
        g.writeEndObject();
    }

    /** The fields of an object that the caller begins and ends. */
    void fields(JsonGenerator g, AdapterEntry entry) throws IOException {
        g.writeStringField("name", entry.name());
        g.writeStringField("object", "adapter");
        g.writeNumberField("revision", entry.revision());
        number(g, "live", entry.live().map(AdapterGeneration::generation));
        g.writeObjectFieldStart("labels");
        for (Map.Entry<String, Integer> label : entry.sortedLabels().entrySet()) {
            g.writeNumberField(label.getKey(), label.getValue());
        }
        g.writeEndObject();
        share(g, entry.share());
        g.writeArrayFieldStart("generations");
        for (AdapterGeneration generation : entry.generations()) {
            generation(g, entry.name(), generation);
        }
        g.writeEndArray();
    }

    private static void share(JsonGenerator g, Optional<TrafficShare> share) throws IOException {
        if (share.isEmpty()) {
            g.writeNullField("share");
            return;
        }
        g.writeObjectFieldStart("share");
        g.writeNumberField("generation", share.get().generation());
        g.writeNumberField("percent", share.get().percent());
        g.writeEndObject();
    }

    private void generation(JsonGenerator g, String name, AdapterGeneration generation) throws IOException {
        g.writeStartObject();
        g.writeNumberField("generation", generation.generation());
        g.writeStringField("model", name + "@" + generation.generation());
        g.writeStringField("state", generation.state().name().toLowerCase(Locale.ROOT));
        here(g, loader.state(name, generation));
        g.writeStringField("sha256", generation.sha256());
        g.writeStringField("base_sha256", generation.baseSha256());
        g.writeNumberField("bytes", generation.bytes());
        g.writeNumberField("rank", generation.rank());
        g.writeArrayFieldStart("targets");
        for (String target : generation.targets()) {
            g.writeString(target);
        }
        g.writeEndArray();
        g.writeStringField("source", generation.source().toString());
        g.writeNumberField("promoted_at", generation.promotedAt());
        lineage(g, generation.lineage());
        g.writeStringField("created_at", generation.createdAt().toString());
        g.writeEndObject();
    }

    private static void here(JsonGenerator g, LoadState state) throws IOException {
        g.writeObjectFieldStart("here");
        switch (state) {
            case LoadState.Waiting _ -> g.writeStringField("state", "waiting");
            case LoadState.Loading _ -> g.writeStringField("state", "loading");
            case LoadState.Loaded _ -> g.writeStringField("state", "loaded");
            case LoadState.OtherBase _ -> g.writeStringField("state", "other_base");
            case LoadState.Retired _ -> g.writeStringField("state", "retired");
            case LoadState.Failed(var fault, boolean lasting) -> {
                g.writeStringField("state", "failed");
                g.writeStringField("code", fault.code());
                g.writeStringField("reason", fault.message());
                g.writeBooleanField("lasting", lasting);
            }
        }
        g.writeEndObject();
    }

    private static void lineage(JsonGenerator g, AdapterLineage lineage) throws IOException {
        g.writeObjectFieldStart("lineage");
        text(g, "dataset_sha256", lineage.datasetSha256());
        text(g, "template", lineage.template());
        text(g, "recipe", lineage.recipe());
        text(g, "job", lineage.job());
        g.writeEndObject();
    }

    private static void text(JsonGenerator g, String field, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            g.writeStringField(field, text.get());
        }
    }

    private static void number(JsonGenerator g, String field, Optional<Integer> number) throws IOException {
        if (number.isPresent()) {
            g.writeNumberField(field, number.get());
        } else {
            g.writeNullField(field);
        }
    }
}
