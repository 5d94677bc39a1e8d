package dev.graft.cli.stack;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.graft.contracts.ShareGroups;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker and its controller in one JVM (KRaft, one node), for one machine. Arguments: its port, the controller's port, the folder for
 * its data. Runs until it is told to end (SIGTERM), then closes its logs.
 */
public final class BrokerMain {
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        int controllerPort = Integer.parseInt(arguments[1]);
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        // Kafka's own lock comes too late: it is taken when the metadata log has been opened and written to, so that
        // two brokers on one folder write over each other's records before the second is refused.
        try (FileChannel held = FileChannel.open(folder.resolve("broker.lock"), CREATE, WRITE)) {
            if (held.tryLock() == null) {
                System.err.println(
                        "another broker runs on " + folder + ": stop it first (graft down), or set GRAFT_HOME");
                System.exit(1);
            }
            run(folder, settings(port, controllerPort, folder));
        }
    }

    private static void run(Path folder, Properties settings) throws IOException {
        format(folder, settings);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdown();
            server.awaitShutdown();
        }));
        server.startup();
        server.awaitShutdown();
    }

    static Properties settings(int port, int controllerPort, Path folder) {
        Properties settings = new Properties();
        String listeners = "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort;
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
        settings.put("listeners", listeners);
        settings.put("advertised.listeners", listeners);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", folder.resolve("logs").toString());
        // One node keeps one copy, and one partition of each internal topic is enough for it and starts faster than
        // fifty.
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // The stack creates the topics with their settings; one that a client made by the way would lack them.
        settings.put("auto.create.topics.enable", "false");
        // A broker that comes again is let in when the session of the one before has ended: 9 s by default.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.putAll(ShareGroups.BROKER);
        // A group may set a shorter lock than the 15 s that brokers allow by default.
        settings.put("group.share.min.record.lock.duration.ms", "1000");
        return settings;
    }

    /** Gives the folder a cluster id, once; a folder that was formatted before keeps its records. */
    private static void format(Path folder, Properties settings) throws IOException {
        if (Files.exists(folder.resolve("logs").resolve("meta.properties"))) {
            return;
        }
        Path file = folder.resolve("server.properties");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        String[] command = {"format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
        int code = StorageTool.execute(command, System.out);
        if (code != 0) {
            throw new IllegalStateException("could not format " + folder + " for Kafka: code " + code);
        }
    }

    private BrokerMain() {}
}
