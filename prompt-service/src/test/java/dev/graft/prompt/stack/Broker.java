package dev.graft.prompt.stack;

import dev.graft.contracts.ShareGroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A KRaft broker of one node in a process of its own, on a free port: as separate from the service as a real one. */
public final class Broker implements AutoCloseable {
    private final Process process;
    private final int port;

    private Broker(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static Broker start(Path folder) throws IOException {
        int port = freePort();
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx384m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Broker.class.getName(),
                        Integer.toString(port),
                        Integer.toString(freePort()),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("broker.log").toFile())
                .start();
        return new Broker(process, port);
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** The child process. */
    public static void main(String... arguments) throws Exception {
        Path folder = Path.of(arguments[2]);
        Properties properties = properties(arguments[0], arguments[1], folder);
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        String[] format = {"format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
        if (kafka.tools.StorageTool.execute(format, System.out) != 0) {
            throw new IllegalStateException("the broker's folder could not be formatted");
        }
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        server.awaitShutdown();
    }

    private static Properties properties(String port, String controllerPort, Path folder) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
        String listeners = "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort;
        properties.put("listeners", listeners);
        properties.put("advertised.listeners", listeners);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", folder.resolve("logs").toString());
        for (String one : new String[] {
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr",
            "offsets.topic.num.partitions",
            "share.coordinator.state.topic.num.partitions",
            "transaction.state.log.num.partitions"
        }) {
            properties.put(one, "1");
        }
        properties.putAll(ShareGroups.BROKER);
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("auto.create.topics.enable", "false");
        return properties;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
