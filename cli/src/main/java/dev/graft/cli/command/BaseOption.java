package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.adapters.BaseFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of commands that need the file of the model that is served. */
final class BaseOption {
    @Option(
            names = "--base",
            paramLabel = "FILE",
            description =
                    "The GGUF file of the model that is served. Default: ${env:GRAFT_MODEL_FILE:-the one of its name in the models of GRAFT_HOME}.")
    Optional<Path> file = Optional.empty();

    /** @param registry the service's list of adapters, which names its base model */
    BaseFile find(JsonNode registry) throws IOException {
        return BaseFile.find(
                file.or(BaseFile::named),
                GraftHome.current().models(),
                registry.path("base").asText());
    }
}
