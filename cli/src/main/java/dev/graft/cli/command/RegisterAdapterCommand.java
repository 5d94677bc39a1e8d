package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.adapters.AdapterTable;
import dev.graft.cli.adapters.LocalFile;
import dev.graft.contracts.AdapterNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft adapters register}. */
@Command(
        name = "register",
        description =
                "Register a GGUF file as an adapter's new generation. It is checked first, and served at once on every instance.")
public final class RegisterAdapterCommand implements Callable<Integer> {
    private static final Pattern URI_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    @Parameters(index = "0", paramLabel = "NAME", description = "What requests call it.")
    String name = "";

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description =
                    "A file of this machine, which is copied to the adapters of GRAFT_HOME; "
                            + "or a file, http, https or s3 URI below one of graft.adapters.sources, where all instances get it.")
    String file = "";

    @Option(names = "--candidate", description = "Don't make it live: it is served as NAME@GENERATION.")
    boolean candidate;

    @Option(names = "--sha256", paramLabel = "HEX", description = "What the file must be.")
    Optional<String> sha256 = Optional.empty();

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

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        AdapterNames.name("NAME", name);
        var client = AdaptersCommand.client();
        JsonNode adapter = client.post(AdaptersCommand.PATH, body());
        AdaptersCommand.print(adapter, json, AdapterTable.whole(adapter));
        return 0;
    }

    private Map<String, Object> body() throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        if (URI_SCHEME.matcher(file).matches()) {
            body.put("source", file);
        } else {
            LocalFile copy = LocalFile.copied(Path.of(file), GraftHome.current().adapters());
            body.put("source", copy.source().toString());
            body.put("sha256", copy.sha256());
        }
        sha256.ifPresent(hex -> body.put("sha256", hex));
        body.put("state", candidate ? "candidate" : "live");
        body.put("lineage", lineage());
        expected.addTo(body);
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
