package dev.graft.inference.api;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterChange.Label;
import dev.graft.contracts.AdapterChange.Promote;
import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterChange.Rollback;
import dev.graft.contracts.AdapterChange.Share;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.BaseModel;
import dev.graft.inference.adapter.Registrar;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.adapter.RegistryLog;
import dev.graft.inference.adapter.RegistryLog.Outcome;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.request.Refusals;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * {@code /v1/adapters}: the registry as this instance knows it, and its changes. A change is answered when this instance has read it, and what it makes
 * live is loaded here, unless that takes long.
 */
@Singleton
final class AdapterCalls {
    private static final Logger LOG = Logger.getLogger(AdapterCalls.class);
    private static final Duration LOADED_WITHIN = Duration.ofSeconds(10);

    private final Registry registry;
    private final RegistryLog log;
    private final Registrar registrar;
    private final AdapterLoader loader;
    private final AdapterFiles files;
    private final AdapterJson json;
    private final BaseModel base;
    private final boolean changes;
    private final int rank;

    AdapterCalls(
            Registry registry,
            RegistryLog log,
            Registrar registrar,
            AdapterLoader loader,
            AdapterFiles files,
            AdapterJson json,
            BaseModel base,
            InferenceSettings settings) {
        this.registry = registry;
        this.log = log;
        this.registrar = registrar;
        this.loader = loader;
        this.files = files;
        this.json = json;
        this.base = base;
        changes = settings.adapters().changes();
        rank = settings.adapters().rank();
    }

    /** What would be taken is told as well, so that nobody trains for hours what is refused then. */
    void list(Call call) {
        call.reply(g -> {
            g.writeStartObject();
            g.writeStringField("object", "list");
            g.writeStringField("kept_in", log.place());
            g.writeBooleanField("read", registry.read());
            g.writeStringField("base", base.name());
            g.writeStringField("base_sha256", base.sha256());
            g.writeNumberField("rank", rank);
            g.writeBooleanField("changes", changes);
            g.writeArrayFieldStart("data");
            for (AdapterEntry entry : registry.entries()) {
                json.entry(g, entry);
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    void one(Call call) {
        AdapterEntry entry = entry(call);
        call.reply(g -> json.entry(g, entry));
    }

    private AdapterEntry entry(Call call) {
        String name = call.pathParam("name");
        return registry.find(name)
                .orElseThrow(() -> Refusals.refused(
                        "adapter_not_found", "name", name, "no adapter has this name: see /v1/adapters"));
    }

    /** A generation's GGUF file, fetched from its source where it is not here. Whom this instance lets change nothing, it gives no weights. */
    void file(Call call) throws InterruptedException {
        requireChanges();
        AdapterEntry entry = entry(call);
        String number = call.pathParam("generation");
        AdapterGeneration generation = entry.generations().stream()
                .filter(one -> number.equals(Integer.toString(one.generation())))
                .findFirst()
                .orElseThrow(() -> Refusals.refused(
                        "generation_not_found", "generation", number, "is no generation of " + entry.name()));
        call.reply(files.get(generation));
    }

    void register(Call call) throws InterruptedException {
        requireChanges();
        answer(call, registrar.register(AdapterFields.registration(call.body())));
    }

    void promote(Call call) throws InterruptedException {
        JsonBody body = call.body();
        change(call, body, new Promote(AdapterFields.generation(body)));
    }

    void rollback(Call call) throws InterruptedException {
        JsonBody body = call.body();
        change(call, body, new Rollback(body.whole("generation")));
    }

    void retire(Call call) throws InterruptedException {
        JsonBody body = call.body();
        change(call, body, new Retire(body.whole("generation")));
    }

    void label(Call call) throws InterruptedException {
        JsonBody body = call.body();
        String label = AdapterFields.required(body, "label", "what the generation is called");
        boolean remove = body.flag("remove");
        OptionalInt generation = remove ? body.whole("generation") : OptionalInt.of(AdapterFields.generation(body));
        if (remove && generation.isPresent()) {
            throw Refusals.invalid("generation", generation.getAsInt(), "must be left out with remove");
        }
        change(call, body, new Label(label, generation));
    }

    void share(Call call) throws InterruptedException {
        JsonBody body = call.body();
        OptionalInt percent = body.whole("percent");
        if (percent.isEmpty()) {
            throw Refusals.refused("missing_field", "percent", "", "is required: 0 ends the share");
        }
        int part = Refusals.between("percent", percent.getAsInt(), 0, 100);
        change(call, body, new Share(AdapterFields.generation(body), part));
    }

    /** @throws FaultException {@code changes_not_allowed} */
    void requireChanges() {
        if (!changes) {
            throw Refusals.refused(
                    "changes_not_allowed",
                    "",
                    "",
                    "this instance takes no changes (graft.adapters.changes): ask another");
        }
    }

    private void change(Call call, JsonBody body, AdapterChange change) throws InterruptedException {
        requireChanges();
        AdapterExpectation expected = AdapterFields.expectation(body);
        body.end();
        answer(call, log.change(call.pathParam("name"), expected, change));
    }

    private void answer(Call call, Outcome outcome) throws InterruptedException {
        switch (outcome) {
            case Outcome.Written(AdapterEntry entry) -> answer(call, entry, true);
            case Outcome.Unchanged(AdapterEntry entry) -> answer(call, entry, false);
            case Outcome.Stale(Optional<AdapterEntry> current) ->
                call.fail(stale(current), "adapter", g -> {
                    if (current.isPresent()) {
                        json.entry(g, current.get());
                    } else {
                        g.writeNull();
                    }
                });
        }
    }

    private void answer(Call call, AdapterEntry entry, boolean changed) throws InterruptedException {
        awaitLive(entry);
        call.reply(g -> {
            g.writeStartObject();
            json.fields(g, entry);
            g.writeBooleanField("changed", changed);
            g.writeEndObject();
        });
    }

    /** The reply tells how far it is, so a failure is none of the call's. */
    private void awaitLive(AdapterEntry entry) throws InterruptedException {
        try {
            loader.awaitLive(entry, Instant.now().plus(LOADED_WITHIN));
        } catch (FaultException e) {
            LOG.debugf(
                    "%s is registered, but not loaded here: %s",
                    entry.name(), e.fault().message());
        }
    }

    static dev.graft.contracts.Fault stale(Optional<AdapterEntry> current) {
        String now = current.map(entry -> "revision " + entry.revision() + ", newest generation "
                        + entry.newest().generation())
                .orElse("there is no such adapter");
        return dev.graft.contracts.Fault.input(
                "adapter_changed", "expected_revision", now, "is how it stands now: look at it and try again");
    }
}
