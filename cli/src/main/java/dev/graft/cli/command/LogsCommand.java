package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft logs}. */
@Command(name = "logs", description = "Print the logs of the processes.")
public final class LogsCommand implements Callable<Integer> {
    private static final int BLOCK = 64 << 10;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            defaultValue = "",
            description =
                    "broker, inference-service, prompt-service, training-service or build. Default: all that there are.")
    String service = "";

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "100",
            description = "The last N lines. Default: ${DEFAULT-VALUE}.")
    int lines;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on.")
    boolean follow;

    @Override
    public Integer call() throws Exception {
        List<Path> files = files();
        List<RandomAccessFile> open = new ArrayList<>();
        for (Path file : files) {
            RandomAccessFile reading = new RandomAccessFile(file.toFile(), "r");
            open.add(reading);
            reading.seek(startOfLastLines(reading));
            copy(reading, files.size() > 1 ? file : null);
        }
        while (follow) {
            for (int i = 0; i < files.size(); i++) {
                copy(open.get(i), files.size() > 1 ? files.get(i) : null);
            }
            Thread.sleep(200);
        }
        for (RandomAccessFile reading : open) {
            reading.close();
        }
        return 0;
    }

    private List<Path> files() throws IOException {
        Path folder = GraftHome.current().logs();
        if (!service.isEmpty()) {
            Path file = folder.resolve(service + ".log");
            if (!service.matches("[a-z0-9-]+") || !Files.exists(file)) {
                throw new FaultException(Fault.input("no_log", "SERVICE", service, "there is no " + file));
            }
            return List.of(file);
        }
        if (!Files.isDirectory(folder)) {
            throw new FaultException(Fault.input("no_log", "", "", "nothing has run yet: graft up"));
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(f -> f.toString().endsWith(".log") && !f.endsWith("build.log"))
                    .sorted()
                    .toList();
        }
    }

    private long startOfLastLines(RandomAccessFile file) throws IOException {
        long at = file.length();
        int found = 0;
        byte[] block = new byte[BLOCK];
        while (at > 0) {
            int size = (int) Math.min(BLOCK, at);
            at -= size;
            file.seek(at);
            file.readFully(block, 0, size);
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n' && found++ == lines) {
                    return at + i + 1;
                }
            }
        }
        return 0;
    }

    private static void copy(RandomAccessFile file, @org.jspecify.annotations.Nullable Path named) throws IOException {
        byte[] block = new byte[BLOCK];
        boolean first = true;
        for (int read = file.read(block); read > 0; read = file.read(block)) {
            if (first && named != null) {
                System.out.println("==> " + named + " <==");
                first = false;
            }
            System.out.write(block, 0, read);
        }
        System.out.flush();
    }
}
