package dev.graft.cli.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.AdapterSelector;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A generation in the registry, and its file on this machine.
 *
 * @param name the adapter's
 * @param generation its number
 * @param sha256 of its file
 * @param baseSha256 of the base model's file
 * @param source where it was registered from
 */
public record KeptGeneration(String name, int generation, String sha256, String baseSha256, URI source) {
    /**
     * @param adapter the service's answer about the adapter
     * @param chosen which generation: the live one where none is named; a retired one by its number
     * @throws FaultException {@code generation_not_found}
     */
    public static KeptGeneration of(JsonNode adapter, AdapterSelector chosen) {
        int number = switch (chosen) {
            case AdapterSelector.Current _ -> adapter.path("live").asInt();
            case AdapterSelector.Numbered(String _, int generation) -> generation;
            case AdapterSelector.Labelled(String _, String label) ->
                adapter.path("labels").path(label).asInt();
        };
        for (JsonNode generation : adapter.path("generations")) {
            if (generation.path("generation").asInt() == number) {
                return new KeptGeneration(
                        chosen.name(),
                        number,
                        generation.path("sha256").asText(),
                        generation.path("base_sha256").asText(),
                        URI.create(generation.path("source").asText()));
            }
        }
        throw new FaultException(Fault.input("generation_not_found", "NAME", text(chosen), remedy(adapter, chosen)));
    }

    private static String text(AdapterSelector chosen) {
        return switch (chosen) {
            case AdapterSelector.Current(String name) -> name;
            case AdapterSelector.Numbered(String name, int generation) -> name + "@" + generation;
            case AdapterSelector.Labelled(String name, String label) -> name + "@" + label;
        };
    }

    private static String remedy(JsonNode adapter, AdapterSelector chosen) {
        String has = "graft adapters show " + adapter.path("name").asText() + " tells what there is";
        return switch (chosen) {
            case AdapterSelector.Current _ -> "has no live generation: name one by its number; " + has;
            case AdapterSelector.Numbered _ -> "has no such generation; " + has;
            case AdapterSelector.Labelled _ -> "has no such label; " + has;
        };
    }

    /** Gets a generation's file from a service. */
    @FunctionalInterface
    public interface Service {
        void fetch(KeptGeneration generation, Path to) throws IOException, InterruptedException;
    }

    /**
     * Its file, whose bytes were held against its SHA-256 just now.
     *
     * @param folder of the stack's adapters
     * @param service asked where the file is not on this machine; what it gives is kept in the folder
     * @throws FaultException {@code file_damaged} where the service gives another
     */
    public Path file(Path folder, Service service) throws IOException, InterruptedException {
        for (Path place : places(folder)) {
            if (Files.isRegularFile(place) && LocalFile.sha256(place).equals(sha256)) {
                return place;
            }
        }
        Files.createDirectories(folder);
        Path partial = Files.createTempFile(folder, ".", ".part");
        try {
            service.fetch(this, partial);
            if (!LocalFile.sha256(partial).equals(sha256)) {
                throw new FaultException(Fault.input(
                        "file_damaged", "NAME", name + "@" + generation, "the service gives another file: try again"));
            }
            return Files.move(partial, LocalFile.in(folder, sha256), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private List<Path> places(Path folder) {
        Path kept = LocalFile.in(folder, sha256);
        return "file".equals(source.getScheme()) ? List.of(kept, Path.of(source.getPath())) : List.of(kept);
    }
}
