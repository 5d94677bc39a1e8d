package dev.graft.testing.broker;

import dev.graft.contracts.ShareGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A KRaft broker as a process of its own, so that a test can take it away and bring it back. Arguments: port, controller port, folder. */
final class BrokerProcess {
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[2]);
        Properties settings = settings(Integer.parseInt(args[0]), Integer.parseInt(args[1]), folder);
        format(settings, folder);
        var server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.shutdown();
            server.awaitShutdown();
        }));
        server.startup();
        server.awaitShutdown();
    }

    private static Properties settings(int port, int controllerPort, Path folder) {
        var settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("log.dirs", folder.resolve("log").toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.share.min.record.lock.duration.ms", "1000");
        settings.putAll(ShareGroups.BROKER);
        for (String single : List.of(
                "offsets.topic.replication.factor",
                "offsets.topic.num.partitions",
                "transaction.state.log.replication.factor",
                "transaction.state.log.min.isr",
                "transaction.state.log.num.partitions",
                "share.coordinator.state.topic.replication.factor",
                "share.coordinator.state.topic.min.isr",
                "share.coordinator.state.topic.num.partitions")) {
            settings.put(single, "1");
        }
        return settings;
    }

    private static void format(Properties settings, Path folder) throws IOException {
        Path file = folder.resolve("server.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        if (!Files.exists(folder.resolve("log").resolve("meta.properties"))) {
            String[] format = {"format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
            if (StorageTool.execute(format, System.out) != 0) {
                throw new IOException("could not format " + folder);
            }
        }
    }

    private BrokerProcess() {}
}
