package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.adapters.AdapterTable;
import dev.graft.cli.adapters.BaseFile;
import dev.graft.cli.adapters.LocalFile;
import dev.graft.contracts.AdapterNames;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.MalformedFileException;
import dev.graft.model.adapter.PeftImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft adapters import}. */
@Command(
        name = "import",
        description = "Make a GGUF file of a folder that PEFT saved, in the adapters of GRAFT_HOME, and register it. "
                + "LoRA and rsLoRA, with rank and alpha patterns.")
public final class ImportAdapterCommand implements Callable<Integer> {
    /** Far above what the service takes, which has the last word: graft.adapters.rank. */
    static final int MOST_RANK = 4096;

    @Parameters(paramLabel = "FOLDER", description = "Holds adapter_model.safetensors and adapter_config.json.")
    Path folder = Path.of("");

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "What requests call it.")
    String name = "";

    @Option(names = "--label", paramLabel = "LABEL", description = "Put this label at it: it is served as NAME@LABEL.")
    Optional<String> label = Optional.empty();

    @Mixin
    BaseOption base = new BaseOption();

    @Mixin
    NewGeneration generation = new NewGeneration();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        AdapterNames.name("--name", name);
        label.ifPresent(text -> AdapterNames.label("--label", text));
        if (!Files.isDirectory(folder)) {
            throw new FaultException(
                    Fault.input("no_such_folder", "FOLDER", folder, "must be a folder that PEFT saved"));
        }
        InferenceClient client = AdaptersCommand.client();
        BaseFile model = base.find(client.get(AdaptersCommand.PATH));
        LocalFile file = made(model);
        Map<String, Object> body = generation.body(name, file);
        body.put("base_sha256", model.sha256());
        JsonNode adapter = client.post(AdaptersCommand.PATH, body);
        if (label.isPresent()) {
            adapter = client.post(
                    AdaptersCommand.PATH + "/" + name + "/label",
                    Map.of("label", label.get(), "generation", number(adapter, file.sha256())));
        }
        AdaptersCommand.print(adapter, json, AdapterTable.whole(adapter));
        return 0;
    }

    private LocalFile made(BaseFile model) throws IOException {
        try {
            return LocalFile.made(
                    GraftHome.current().adapters(), file -> PeftImport.write(folder, model.facts(), MOST_RANK, file));
        } catch (MalformedFileException e) {
            throw AdaptersCommand.refused(e);
        }
    }

    /** The newest generation of this file: the one that was just registered. */
    private static int number(JsonNode adapter, String sha256) {
        int number = 0;
        for (JsonNode generation : adapter.path("generations")) {
            if (generation.path("sha256").asText().equals(sha256)) {
                number = generation.path("generation").asInt();
            }
        }
        return number;
    }
}
