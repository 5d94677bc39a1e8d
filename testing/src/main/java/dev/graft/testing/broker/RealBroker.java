package dev.graft.testing.broker;

import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.ShareGroups.ShareGroup;
import dev.graft.contracts.TopicPlan;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** A real KRaft broker with the topics and groups of the contracts, in a process of its own, on free ports, in a folder of its own. */
public class RealBroker implements QuarkusTestResourceLifecycleManager {
    private final Path folder;
    private final int port = freePort();
    private final int controllerPort = freePort();
    private @Nullable Process process;

    public RealBroker() {
        try {
            folder = Files.createTempDirectory("graft-broker");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** Starts the broker, for the first time or again after {@link #takeAway()}. */
    @Override
    public Map<String, String> start() {
        bringBack();
        try (Admin admin = admin(bootstrap())) {
            for (TopicPlan plan : TopicPlan.ALL) {
                var _ = create(admin, plan);
            }
            for (ShareGroup group : ShareGroups.ALL) {
                configure(bootstrap(), group.id(), group.configs());
            }
        }
        return Map.of("graft.kafka.bootstrap", bootstrap());
    }

    /** Starts its process, which answers soon after; what it kept is there again. */
    public void bringBack() {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx384m",
                            "-XX:TieredStopAtLevel=4",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            BrokerProcess.class.getName(),
                            Integer.toString(port),
                            Integer.toString(controllerPort),
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("broker.out").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the broker and keeps its data. */
    public void takeAway() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        }
    }

    /** Deletes a topic of the contracts with all that is in it, and creates it again. */
    public void makeAnew(String topic) throws InterruptedException, ExecutionException {
        TopicPlan plan = TopicPlan.ALL.stream()
                .filter(one -> one.name().equals(topic))
                .findFirst()
                .orElseThrow();
        try (Admin admin = admin(bootstrap())) {
            admin.deleteTopics(List.of(topic)).all().get();
            while (!create(admin, plan)) {
                TimeUnit.MILLISECONDS.sleep(100); // it is still being deleted
            }
        }
    }

    /** Alters settings of a share group. */
    public static void configure(String bootstrap, String group, Map<String, String> configs) {
        Collection<AlterConfigOp> changes = configs.entrySet().stream()
                .map(e -> new AlterConfigOp(new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = admin(bootstrap)) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), changes))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("could not configure the group " + group, e);
        }
    }

    @Override
    public void stop() {
        try {
            takeAway();
            deleteFolder();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(new HashMap<>(Map.of("bootstrap.servers", bootstrap)));
    }

    /** Whether it was not there. */
    private boolean create(Admin admin, TopicPlan plan) {
        try {
            admin.createTopics(List.of(new NewTopic(plan.name(), plan.partitions(), (short) 1).configs(plan.configs())))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            return true;
        } catch (Exception e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw new IllegalStateException(logTail(), e);
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(folder.resolve("broker.out"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    private void deleteFolder() throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
