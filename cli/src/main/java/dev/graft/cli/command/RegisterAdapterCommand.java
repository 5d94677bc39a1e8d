package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.adapters.AdapterTable;
import dev.graft.cli.adapters.LocalFile;
import dev.graft.contracts.AdapterNames;
import java.io.IOException;
import java.nio.file.Path;
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

    @Option(names = "--sha256", paramLabel = "HEX", description = "What the file must be.")
    Optional<String> sha256 = Optional.empty();

    @Mixin
    NewGeneration generation = new NewGeneration();

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
        Map<String, Object> body = URI_SCHEME.matcher(file).matches()
                ? generation.body(name, file)
                : generation.body(
                        name,
                        LocalFile.copied(Path.of(file), GraftHome.current().adapters()));
        sha256.ifPresent(hex -> body.put("sha256", hex));
        return body;
    }
}
