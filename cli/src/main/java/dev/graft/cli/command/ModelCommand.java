package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.MalformedGgufException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft model}. */
@Command(
        name = "model",
        description = "The model files that Graft may serve.",
        subcommands = {ModelCommand.ListThem.class, ModelCommand.Add.class},
        synopsisSubcommandLabel = "COMMAND")
public final class ModelCommand {
    /** {@code graft model list}. */
    @Command(name = "list", description = "Show the models that are there.")
    public static final class ListThem implements Callable<Integer> {
        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            List<Map<String, Object>> rows = new ArrayList<>();
            Path folder = GraftHome.current().models();
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.filter(f -> f.toString().endsWith(".gguf"))
                            .sorted()
                            .toList()) {
                        rows.add(row(file));
                    }
                }
            }
            if (json) {
                System.out.println(Json.pretty(rows));
            } else {
                rows.forEach(r -> System.out.println(r.get("file") + "  " + r.get("about")));
                if (rows.isEmpty()) {
                    System.out.println("no models in " + folder);
                }
            }
            return 0;
        }
    }

    /** {@code graft model add}. */
    @Command(
            name = "add",
            description = "Check a GGUF file of the Llama architecture and copy it to the models. "
                    + "It is served where the setting graft.model.file (GRAFT_MODEL_FILE) names it.")
    public static final class Add implements Callable<Integer> {
        private static final int BLOCK = 1 << 20;

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Parameters(paramLabel = "FILE", description = "A GGUF file.")
        Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            LlamaModelFile model = checked(file);
            Path folder = Files.createDirectories(GraftHome.current().models());
            Path target = folder.resolve(file.getFileName());
            if (Files.exists(target)) {
                throw new FaultException(
                        Fault.input("model_exists", "FILE", target, "is there already: remove or rename it first"));
            }
            requireRoom(folder, model.fileBytes());
            copy(target, model.fileBytes());
            if (json) {
                System.out.println(Json.pretty(row(target)));
            } else {
                System.out.println(about(model));
                System.out.println("serve it: GRAFT_MODEL_FILE=" + target + " graft up");
            }
            return 0;
        }

        private static void requireRoom(Path folder, long bytes) throws IOException {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < bytes) {
                throw new FaultException(Fault.input(
                        "disk_full",
                        "GRAFT_HOME",
                        folder,
                        (free >> 20) + " MB are free, " + (bytes >> 20) + " MB are needed"));
            }
        }

        /** Under another name until it is whole, so that nobody meets half a model. */
        private void copy(Path target, long bytes) throws IOException {
            Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
            try (Progress.Task task = Progress.standard().begin("copying " + file.getFileName());
                    InputStream in = Files.newInputStream(file);
                    OutputStream out = Files.newOutputStream(partial)) {
                byte[] block = new byte[BLOCK];
                long done = 0;
                for (int read = in.read(block); read > 0; read = in.read(block)) {
                    out.write(block, 0, read);
                    done += read;
                    task.at(done >> 20, bytes >> 20, "MB");
                }
                task.done(target.toString());
            } catch (IOException e) {
                Files.deleteIfExists(partial);
                throw e;
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static Map<String, Object> row(Path file) throws IOException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", file.toString());
        try {
            LlamaModelFile model = checked(file);
            row.put("about", about(model));
            row.put("model", model);
        } catch (FaultException e) {
            row.put("about", e.fault().message());
        }
        return row;
    }

    static LlamaModelFile checked(Path file) throws IOException {
        try {
            return LlamaModelFile.check(GgufFile.read(file));
        } catch (MalformedGgufException e) {
            throw new FaultException(
                    Fault.input("not_a_llama_model", file + " " + e.field(), e.value(), e.remedy()), e);
        }
    }

    private static String about(LlamaModelFile model) {
        return String.format(
                Locale.ROOT,
                "%s: %d M parameters, %s, %d layers, vocabulary %d, context %d, %d MB",
                model.name(),
                Math.round(model.parameters() / 1e6),
                model.quantisation(),
                model.layers(),
                model.vocabulary(),
                model.contextLength(),
                model.fileBytes() >> 20);
    }
}
