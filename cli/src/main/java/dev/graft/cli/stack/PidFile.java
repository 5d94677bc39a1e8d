package dev.graft.cli.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One process of ours that runs: {@code GRAFT_HOME/run/NAME.pid}, three lines: pid, port, when it started. The start tells it from a
 * stranger that was given the same pid since.
 *
 * @param file where it is written
 * @param pid of the process
 * @param port where it listens
 * @param startTicks since the machine's boot, see {@link ProcessStart}
 */
record PidFile(Path file, long pid, int port, long startTicks) {
    private static final long ENDED_AT_ONCE = -1;

    static Path at(Path runFolder, String name) {
        return runFolder.resolve(name + ".pid");
    }

    static PidFile write(Path file, ProcessHandle process, int port) throws IOException {
        long startTicks = ProcessStart.ticks(process.pid()).orElse(ENDED_AT_ONCE);
        Files.createDirectories(file.getParent());
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.write(partial, List.of(String.valueOf(process.pid()), String.valueOf(port), String.valueOf(startTicks)));
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new PidFile(file, process.pid(), port, startTicks);
    }

    /** What is written there; nothing where the file is missing or not one of ours. */
    static Optional<PidFile> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() < 3
                    ? Optional.empty()
                    : Optional.of(new PidFile(
                            file,
                            Long.parseLong(lines.get(0)),
                            Integer.parseInt(lines.get(1)),
                            Long.parseLong(lines.get(2))));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The process, where it still runs and is the one that was written down. */
    Optional<ProcessHandle> alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(p -> ProcessStart.ticks(pid).equals(OptionalLong.of(startTicks)));
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
