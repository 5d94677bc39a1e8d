package dev.graft.cli.stack;

import dev.graft.cli.GraftHome;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command lines of the stack's processes. */
final class ProcessPlans {
    static final String BROKER = "broker";
    static final String INFERENCE = "inference-service";
    static final String PROMPT = "prompt-service";
    static final String TRAINING = "training-service";

    private static final String READY = "/health/ready";
    private static final List<String> BROKER_OPTIONS =
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final GraftHome home;
    private final Path root;
    private final Map<String, List<String>> extra;

    /** @param extra more options for the JVM, by process name */
    ProcessPlans(GraftHome home, Path root, Map<String, List<String>> extra) {
        this.home = home;
        this.root = root;
        this.extra = extra;
    }

    GraftHome home() {
        return home;
    }

    ProcessPlan broker(Ports ports) throws IOException {
        List<String> command = java(BROKER);
        command.add("-Djava.util.logging.config.file=" + loggingSettings());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(BrokerMain.class.getName());
        command.add(String.valueOf(ports.kafka()));
        command.add(String.valueOf(ports.controller()));
        command.add(home.kafka().toString());
        return plan(BROKER, command, ports.kafka(), "");
    }

    ProcessPlan inference(Ports ports, String name, int port) {
        List<String> command = service(INFERENCE, ports, port);
        return plan(name, command, port, READY);
    }

    ProcessPlan prompt(Ports ports) {
        List<String> command = service(PROMPT, ports, ports.prompt());
        return plan(PROMPT, command, ports.prompt(), READY);
    }

    ProcessPlan training(Ports ports, String name, int port) {
        List<String> command = service(TRAINING, ports, port);
        return plan(name, command, port, READY);
    }

    private List<String> service(String name, Ports ports, int port) {
        List<String> command = java(name);
        command.add("-Dquarkus.http.host=127.0.0.1");
        command.add("-Dquarkus.http.port=" + port);
        command.add("-Dgraft.kafka.bootstrap=127.0.0.1:" + ports.kafka());
        command.add(
                name.equals(INFERENCE)
                        ? "-Dgraft.kafka.enabled=true"
                        : "-Dgraft.inference.url=http://127.0.0.1:" + ports.inference());
        command.addAll(extra.getOrDefault(name, List.of()));
        command.add("-jar");
        command.add(jar(name).toString());
        return command;
    }

    /** @throws FaultException {@code not_built} */
    void requireBuilt() {
        for (String name : List.of(INFERENCE, PROMPT, TRAINING)) {
            if (!Files.isRegularFile(jar(name))) {
                throw new FaultException(Fault.input(
                        "not_built", name, jar(name), "build it first: ./graft does, or mvn package -DskipTests"));
            }
        }
    }

    private Path jar(String service) {
        return root.resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
    }

    private List<String> java(String name) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (name.equals(BROKER)) {
            command.addAll(BROKER_OPTIONS);
        } else {
            command.add("@" + root.resolve(name).resolve("jvm.options"));
        }
        command.add("-XX:+AutoCreateSharedArchive");
        command.add("-XX:SharedArchiveFile=" + home.classArchives().resolve(name + ".jsa"));
        // An archive of an older build is renewed; the JVM need not warn of it each time.
        command.add("-Xlog:disable");
        command.add("-Dorg.bytedeco.javacpp.cachedir=" + home.cache().resolve("javacpp"));
        command.add("-Dgraft.home=" + home.folder());
        if (name.equals(BROKER)) {
            command.addAll(extra.getOrDefault(name, List.of()));
        }
        return command;
    }

    private ProcessPlan plan(String name, List<String> command, int port, String readyPath) {
        return new ProcessPlan(
                name,
                command,
                Map.of("GRAFT_HOME", home.folder().toString()),
                port,
                readyPath,
                home.logs().resolve(name + ".log"),
                PidFile.at(home.run(), name));
    }

    /** java.util.logging reads its settings from a file only. */
    private Path loggingSettings() throws IOException {
        Path file = home.run().resolve("broker-logging.properties");
        Files.createDirectories(file.getParent());
        try (var settings = ProcessPlans.class.getResourceAsStream("/broker-logging.properties")) {
            if (settings == null) {
                throw new IllegalStateException("broker-logging.properties is missing from the jar");
            }
            Files.write(file, settings.readAllBytes());
        }
        return file;
    }
}
