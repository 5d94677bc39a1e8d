package dev.graft.bench.server;

import dev.graft.bench.client.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A server's process, ended by {@link #close()}.
 *
 * @param readyMs from the process's start to the first answer that says it is ready
 * @param log its standard output and error
 */
public record Running(Process process, Http http, double readyMs, Path log) implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    /** Starts the command and asks {@code readyPath} until it answers 200. */
    static Running start(List<String> command, int port, String readyPath, Path log)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = Ending.withUs(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
        Running running = new Running(process, new Http(port), 0, log);
        while (!running.answers(readyPath)) {
            if (!process.isAlive() || System.nanoTime() - start > LONGEST_START.toNanos()) {
                running.close();
                throw new IllegalStateException(
                        "did not get ready: " + String.join(" ", command) + "\nIts log ends:\n" + running.endOfLog());
            }
            Thread.sleep(10);
        }
        return new Running(process, running.http(), (System.nanoTime() - start) / 1e6, log);
    }

    private boolean answers(String path) {
        try {
            return http.get(path).status() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    /** Megabytes (2^20) of memory that are resident, by the kernel's account. */
    public double residentMb() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .sum()
                / 1024.0;
    }

    /** The file name of the CPU variant of ggml that the process has loaded. */
    public String cpuVariant() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps")).stream()
                .filter(line -> line.contains("libggml-cpu-"))
                .map(line -> line.substring(line.lastIndexOf('/') + 1))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no libggml-cpu-*.so is loaded: " + log));
    }

    /** The CPU variant of both, which must be the same for their figures to be comparable. */
    public String sameVariantAs(Running peer) throws IOException {
        String variant = cpuVariant();
        if (!variant.equals(peer.cpuVariant())) {
            throw new IllegalStateException(
                    "different kernels: graft runs " + variant + ", llama-server " + peer.cpuVariant());
        }
        return variant;
    }

    /** Figures of a server that died on the way are worth nothing. */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the server died: its log " + log + " ends:\n" + endOfLog());
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        Ending.end(process);
    }
}
