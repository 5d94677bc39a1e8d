package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.PromptTokens;
import dev.graft.inference.request.Requests;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** {@code /v1/models}: what is served here. */
@Singleton
final class Models {
    private final ModelText text;
    private final PromptTokens prompts;
    private final Requests requests;
    private final long since = Instant.now().getEpochSecond();

    Models(ModelText text, PromptTokens prompts, Requests requests) {
        this.text = text;
        this.prompts = prompts;
        this.requests = requests;
    }

    byte[] list(RoutingContext routing) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("object", "list");
            g.writeArrayFieldStart("data");
            model(g);
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    byte[] one(RoutingContext routing) {
        requests.checkModel(Optional.ofNullable(routing.pathParam("model")), "model");
        return Json.bytes(this::model);
    }

    private void model(JsonGenerator g) throws IOException {
        g.writeStartObject();
        g.writeStringField("id", text.name());
        g.writeStringField("object", "model");
        g.writeNumberField("created", since);
        g.writeStringField("owned_by", "graft");
        g.writeNumberField("max_model_len", prompts.room());
        g.writeEndObject();
    }
}
