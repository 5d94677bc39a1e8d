package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.AdapterSelector;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrafficShare;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which weights a request gets. First {@link #choose} tells which are meant; then {@link #await} sees to it that the engine has them. A request keeps what
 * was chosen until its end, whatever becomes of the registry.
 */
@Singleton
public class Adapters {
    private static final int MOST_NAMED = 20;

    private final Registry registry;
    private final AdapterLoader loader;
    private final BaseModel base;

    public Adapters(Registry registry, AdapterLoader loader, BaseModel base) {
        this.registry = registry;
        this.loader = loader;
        this.base = base;
    }

    /**
     * The weights that a request means; empty for the base model alone.
     *
     * @param model {@code name}, {@code name@generation} or {@code name@label} of an adapter, or the base model's name, which is the same as none
     * @param key what the request belongs to, such as its user: decides whether the bare name means the live generation or, for its share of the
     *     traffic, the candidate. Without one it is the live generation
     * @param field what the sender calls the model
     * @throws FaultException {@code model_not_found}, with what there is; {@code registry_not_read}, of kind {@code CAPACITY}, before it was read
     */
    public Optional<AdapterRef> choose(Optional<String> model, Optional<String> key, String field) {
        if (model.isEmpty() || model.get().equals(base.name())) {
            return Optional.empty();
        }
        if (!registry.read()) {
            throw new FaultException(
                    Fault.capacity("registry_not_read", "which adapters there are is not known yet: try again"));
        }
        AdapterSelector selector = selector(model.get(), field);
        AdapterEntry entry = registry.find(selector.name()).orElseThrow(() -> unknown(model.get(), field));
        AdapterGeneration generation = switch (selector) {
            case AdapterSelector.Current _ -> current(entry, key, field);
            case AdapterSelector.Numbered(String _, int number) ->
                entry.generation(number).orElseThrow(() -> notFound(model.get(), field, "has " + has(entry)));
            case AdapterSelector.Labelled(String _, String label) -> labelled(entry, label, model.get(), field);
        };
        if (!generation.served()) {
            throw notFound(model.get(), field, "is retired; it has " + has(entry));
        }
        if (!base.carries(generation)) {
            throw notFound(model.get(), field, "is for another base model than " + base.name());
        }
        return Optional.of(AdapterRef.of(entry.name(), generation));
    }

    /**
     * Waits until the engine has these weights; loads them where nobody did yet.
     *
     * @param until when the request's time is up
     * @throws FaultException why they can't be had, or {@code adapter_loading} when the time is up
     */
    public void await(AdapterRef ref, Instant until) throws InterruptedException {
        loader.await(ref, until);
    }

    private AdapterGeneration current(AdapterEntry entry, Optional<String> key, String field) {
        Optional<AdapterGeneration> candidate = entry.share()
                .filter(share -> key.isPresent() && share.takes(entry.name(), key.get()))
                .map(TrafficShare::generation)
                .flatMap(entry::generation)
                // One that can't be loaded here must not fail the requests that did not ask for it.
                .filter(chosen -> !(loader.state(entry.name(), chosen) instanceof LoadState.Failed));
        return candidate
                .or(entry::live)
                .orElseThrow(() -> notFound(entry.name(), field, "has no live generation; it has " + has(entry)));
    }

    private static AdapterGeneration labelled(AdapterEntry entry, String label, String model, String field) {
        return Optional.ofNullable(entry.labels().get(label))
                .flatMap(entry::generation)
                .orElseThrow(() -> notFound(model, field, "has " + has(entry)));
    }

    private AdapterSelector selector(String model, String field) {
        try {
            return AdapterSelector.parse(field, model);
        } catch (FaultException e) {
            throw unknown(model, field);
        }
    }

    private FaultException unknown(String model, String field) {
        List<String> names = registry.entries().stream()
                .filter(entry -> entry.live().isPresent())
                .map(AdapterEntry::name)
                .toList();
        String all = Stream.concat(Stream.of(base.name()), names.stream().limit(MOST_NAMED))
                .collect(Collectors.joining(", "));
        return notFound(
                model,
                field,
                "is not served here: use " + all + (names.size() > MOST_NAMED ? ", … (see /v1/models)" : "")
                        + ", or leave it out");
    }

    private static String has(AdapterEntry entry) {
        String generations = entry.generations().stream()
                .filter(AdapterGeneration::served)
                .map(generation -> Objects.toString(generation.generation()))
                .collect(Collectors.joining(", "));
        String labels = String.join(", ", entry.sortedLabels().keySet());
        return (generations.isEmpty() ? "no generations that are served" : "generations " + generations)
                + (labels.isEmpty() ? "" : ", labels " + labels);
    }

    private static FaultException notFound(String model, String field, String remedy) {
        return new FaultException(Fault.input("model_not_found", field, model, remedy));
    }
}
