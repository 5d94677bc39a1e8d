package dev.graft.inference.api;

import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.Registrar;
import dev.graft.inference.adapter.Registrar.Registration;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.adapter.RegistryLog;
import dev.graft.inference.adapter.RegistryLog.Outcome;
import dev.graft.inference.request.Refusals;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code /v1/load_lora_adapter} and {@code /v1/unload_lora_adapter}, as vLLM has them: doors to the registry, so what they load is there on every
 * instance and after a restart.
 */
@Singleton
final class VllmCalls {
    private static final Duration LOADED_WITHIN = Duration.ofMinutes(1);

    private final Registry registry;
    private final RegistryLog log;
    private final Registrar registrar;
    private final AdapterLoader loader;
    private final AdapterCalls adapters;

    VllmCalls(Registry registry, RegistryLog log, Registrar registrar, AdapterLoader loader, AdapterCalls adapters) {
        this.registry = registry;
        this.log = log;
        this.registrar = registrar;
        this.loader = loader;
        this.adapters = adapters;
    }

    void load(Call call) throws InterruptedException {
        adapters.requireChanges();
        JsonBody body = call.body();
        String name = AdapterFields.required(body, "lora_name", "what the adapter is called");
        URI source = AdapterFields.source(
                "lora_path",
                AdapterFields.required(body, "lora_path", "where the folder is that PEFT saved, or a GGUF file"));
        boolean inPlace = body.flag("load_inplace");
        body.passOver("lora_int_id", "base_model_name", "is_3d_lora_weight");
        body.end();
        Optional<AdapterEntry> current = registry.find(name);
        if (!inPlace && current.flatMap(AdapterEntry::live).isPresent()) {
            throw Refusals.refused(
                    "adapter_exists",
                    "lora_name",
                    name,
                    "The lora adapter '" + name
                            + "' has already been loaded. If you want to load the adapter in place, set"
                            + " 'load_inplace' to True.");
        }
        var expected =
                AdapterExpectation.revision(current.map(AdapterEntry::revision).orElse(0L));
        AdapterEntry entry = written(registrar.register(new Registration(
                name, source, Optional.empty(), Optional.empty(), true, AdapterLineage.unknown(), expected)));
        loader.awaitLive(entry, Instant.now().plus(LOADED_WITHIN));
        call.reply("Success: LoRA adapter '" + name + "' added successfully.");
    }

    void unload(Call call) throws InterruptedException {
        adapters.requireChanges();
        JsonBody body = call.body();
        String name = AdapterFields.required(body, "lora_name", "what the adapter is called");
        body.passOver("lora_int_id");
        body.end();
        if (registry.find(name).flatMap(AdapterEntry::live).isEmpty()) {
            throw Refusals.refused(
                    "adapter_not_found", "lora_name", name, "The lora adapter '" + name + "' cannot be found.");
        }
        written(log.change(name, AdapterExpectation.NONE, new Retire(OptionalInt.empty())));
        call.reply("Success: LoRA adapter '" + name + "' removed successfully.");
    }

    private static AdapterEntry written(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Written(AdapterEntry entry) -> entry;
            case Outcome.Unchanged(AdapterEntry entry) -> entry;
            case Outcome.Stale(Optional<AdapterEntry> now) -> throw new FaultException(AdapterCalls.stale(now));
        };
    }
}
