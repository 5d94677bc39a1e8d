package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.Json;
import dev.graft.cli.adapters.BaseFile;
import dev.graft.cli.adapters.KeptGeneration;
import dev.graft.contracts.AdapterSelector;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.MalformedFileException;
import dev.graft.model.adapter.PeftExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft adapters export}. */
@Command(
        name = "export",
        description = "Write a generation as PEFT's folder, as its GGUF file, or both. "
                + "Of one that was imported, PEFT's files come back byte for byte.")
public final class ExportAdapterCommand implements Callable<Integer> {
    private static final List<String> PEFT_FILES = List.of("adapter_model.safetensors", "adapter_config.json");

    @Parameters(
            index = "0",
            paramLabel = "NAME[@GENERATION|@LABEL]",
            description = "The adapter; of its generations the live one, where none is named.")
    String adapter = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Where adapter_model.safetensors and adapter_config.json are to be.")
    Optional<Path> folder = Optional.empty();

    @Option(names = "--gguf", paramLabel = "FILE", description = "Where the GGUF file is to be.")
    Optional<Path> gguf = Optional.empty();

    @Mixin
    BaseOption base = new BaseOption();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        AdapterSelector chosen = AdapterSelector.parse("NAME", adapter);
        requireRoom();
        InferenceClient client = AdaptersCommand.client();
        KeptGeneration generation = KeptGeneration.of(client.get(AdaptersCommand.PATH + "/" + chosen.name()), chosen);
        Path file = generation.file(
                GraftHome.current().adapters(),
                (wanted, to) -> client.download(
                        AdaptersCommand.PATH + "/" + wanted.name() + "/generations/" + wanted.generation() + "/file",
                        to));
        if (folder.isPresent()) {
            write(generation, file, base.find(client.get(AdaptersCommand.PATH)), folder.get());
        }
        if (gguf.isPresent()) {
            Files.copy(file, gguf.get());
        }
        tell(generation);
        return 0;
    }

    private void requireRoom() {
        if (folder.isEmpty() && gguf.isEmpty()) {
            throw new FaultException(
                    Fault.input("missing_field", "FOLDER", "", "name a folder for PEFT's files, or --gguf FILE"));
        }
        gguf.ifPresent(ExportAdapterCommand::requireNew);
        folder.ifPresent(to -> PEFT_FILES.forEach(name -> requireNew(to.resolve(name))));
    }

    private static void requireNew(Path file) {
        if (Files.exists(file)) {
            throw new FaultException(
                    Fault.input("file_exists", "FILE", file, "is there already: remove it, or write elsewhere"));
        }
    }

    private static void write(KeptGeneration generation, Path file, BaseFile model, Path folder) throws IOException {
        if (!model.sha256().equals(generation.baseSha256())) {
            throw new FaultException(Fault.input(
                    "other_base",
                    "--base",
                    model.path(),
                    "is not the model that " + generation.name() + "@" + generation.generation()
                            + " is for, whose SHA-256 is " + generation.baseSha256()));
        }
        try {
            PeftExport.write(file, model.facts(), ImportAdapterCommand.MOST_RANK, folder);
        } catch (MalformedFileException e) {
            throw AdaptersCommand.refused(e);
        }
    }

    private void tell(KeptGeneration generation) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", generation.name());
        told.put("generation", generation.generation());
        told.put("sha256", generation.sha256());
        folder.ifPresent(to -> told.put("folder", to.toString()));
        gguf.ifPresent(to -> told.put("gguf", to.toString()));
        if (json) {
            System.out.println(Json.pretty(told));
            return;
        }
        String which = generation.name() + "@" + generation.generation();
        folder.ifPresent(to -> System.out.println(which + " as PEFT's folder: " + to));
        gguf.ifPresent(to -> System.out.println(which + " as GGUF file: " + to));
    }
}
