package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.cli.PromptClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graft apply}. */
@Command(
        name = "apply",
        description = "Write the templates of files to the stack. The same file again changes nothing.")
public final class ApplyCommand implements Callable<Integer> {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "A YAML file of templates; may be given several times.")
    List<Path> files = List.of();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        for (Path file : files) {
            // All of them before the first is applied.
            Files.newInputStream(file).close();
        }
        PromptClient client = new PromptClient(StackOptions.running().prompt().url());
        for (Path file : files) {
            JsonNode applied = client.apply(file);
            if (json) {
                System.out.println(Json.pretty(applied));
            } else {
                applied.path("templates").forEach(ApplyCommand::print);
            }
        }
        return 0;
    }

    private static void print(JsonNode written) {
        StringBuilder line = new StringBuilder(written.path("name").asText())
                .append('@')
                .append(written.path("version").asInt())
                .append(written.path("created").asBoolean() ? " created" : " unchanged");
        written.path("moved")
                .forEach(label -> line.append(", label ").append(label.asText()).append(" moved here"));
        System.out.println(line);
    }
}
