package dev.graft.cli.command;

import dev.graft.cli.adapters.LocalFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that register a generation. */
final class NewGeneration {
    @Option(names = "--candidate", description = "Don't make it live: it is served as NAME@GENERATION.")
    boolean candidate;

    @Option(names = "--template", paramLabel = "NAME@VERSION", description = "The template that it was trained with.")
    Optional<String> template = Optional.empty();

    @Option(names = "--recipe", paramLabel = "TEXT", description = "How it was trained.")
    Optional<String> recipe = Optional.empty();

    @Option(names = "--job", paramLabel = "ID", description = "The training job.")
    Optional<String> job = Optional.empty();

    @Option(names = "--dataset-sha256", paramLabel = "HEX", description = "The data that it was trained on.")
    Optional<String> dataset = Optional.empty();

    @Mixin
    Expected expected = new Expected();

    /** What is sent to register a file. */
    Map<String, Object> body(String name, String source) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("source", source);
        body.put("state", candidate ? "candidate" : "live");
        body.put("lineage", lineage());
        expected.addTo(body);
        return body;
    }

    /** The same for a file of this machine. */
    Map<String, Object> body(String name, LocalFile file) {
        Map<String, Object> body = body(name, file.source().toString());
        body.put("sha256", file.sha256());
        return body;
    }

    private Map<String, String> lineage() {
        Map<String, String> lineage = new LinkedHashMap<>();
        dataset.ifPresent(hex -> lineage.put("dataset_sha256", hex));
        template.ifPresent(text -> lineage.put("template", text));
        recipe.ifPresent(text -> lineage.put("recipe", text));
        job.ifPresent(id -> lineage.put("job", id));
        return lineage;
    }
}
