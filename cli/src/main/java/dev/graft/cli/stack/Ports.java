package dev.graft.cli.stack;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Where the stack listens, all on 127.0.0.1. */
public record Ports(int kafka, int controller, int prompt, int inference, int training) {
    public static final Ports USUAL = new Ports(9092, 9093, 8080, 8081, 8082);
    private static final String FILE = "ports";
    private static final int HIGHEST = 65_535;

    public Ports {
        for (int port : new int[] {kafka, controller, prompt, inference, training}) {
            if (port < 1 || port > HIGHEST) {
                throw new FaultException(Fault.input(
                        "port_out_of_range", "port", port, "choose an offset that keeps ports in 1 to 65535"));
            }
        }
    }

    /** The usual ports, each higher by {@code offset}: several stacks on one machine. */
    public static Ports offset(int offset) {
        return new Ports(
                USUAL.kafka + offset,
                USUAL.controller + offset,
                USUAL.prompt + offset,
                USUAL.inference + offset,
                USUAL.training + offset);
    }

    /** The ports of the stack that was started last with its pid files in this folder. */
    static Optional<Ports> written(Path runFolder) {
        try {
            int[] p = Files.readAllLines(runFolder.resolve(FILE)).stream()
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return p.length == 5 ? Optional.of(new Ports(p[0], p[1], p[2], p[3], p[4])) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // no stack was started here, or not by us
        }
    }

    void write(Path runFolder) throws IOException {
        Files.createDirectories(runFolder);
        Files.write(
                runFolder.resolve(FILE),
                IntStream.of(kafka, controller, prompt, inference, training)
                        .mapToObj(String::valueOf)
                        .toList());
    }

    /** As people read them. */
    @Override
    public String toString() {
        return "Kafka " + kafka + " and " + controller + ", prompt-service " + prompt + ", inference-service "
                + inference + ", training-service " + training;
    }

    /** Ports that nobody listens on at the moment, for tests. */
    public static Ports free() {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
            }
            return new Ports(
                    held.get(0).getLocalPort(),
                    held.get(1).getLocalPort(),
                    held.get(2).getLocalPort(),
                    held.get(3).getLocalPort(),
                    held.get(4).getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            held.forEach(Ports::close);
        }
    }

    /** @throws FaultException {@code port_taken} for the first of these that somebody listens on */
    public void requireFree() {
        requireFree("broker", kafka);
        requireFree("broker's controller", controller);
        requireFree("prompt-service", prompt);
        requireFree("inference-service", inference);
        requireFree("training-service", training);
    }

    /** @throws FaultException {@code port_taken}, naming the process that holds it where {@code /proc} tells */
    static void requireFree(String what, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // A connection of a stopped stack may linger in TIME_WAIT: that must not keep the next start from its port.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
        } catch (IOException e) {
            String holder =
                    PortHolder.of(port).map(h -> "held by " + h).orElse("held by a process that we may not see");
            throw new FaultException(
                    Fault.input(
                            "port_taken",
                            "port of " + what,
                            port,
                            holder + ": stop it, or choose other ports with --port-offset N"),
                    e);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
