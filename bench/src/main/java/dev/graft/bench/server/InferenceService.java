package dev.graft.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Graft's inference-service, started as the stack starts it. */
public final class InferenceService {
    public static Running start(Machine machine) throws IOException, InterruptedException {
        return start(machine, List.of("-Dgraft.kafka.enabled=false"));
    }

    /** @param settings more options of the JVM */
    public static Running start(Machine machine, List<String> settings) throws IOException, InterruptedException {
        return start(machine, "inference-service", settings);
    }

    /** @param name of its log, where several run */
    public static Running start(Machine machine, String name, List<String> settings)
            throws IOException, InterruptedException {
        Path jar = machine.root().resolve("inference-service/target/quarkus-app/quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(jar + " is missing: build first, with ./graft or mvn package -DskipTests");
        }
        Path archives = Files.createDirectories(machine.home().resolve("cache/cds"));
        int port = Running.freePort();
        List<String> command = new ArrayList<>(List.of(
                machine.java().toString(),
                "@" + machine.root().resolve("inference-service/jvm.options"),
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archives.resolve("inference-service.jsa"),
                "-Xlog:cds=off",
                "-Xlog:aot=off",
                "-Dorg.bytedeco.javacpp.cachedir=" + machine.home().resolve("cache/javacpp"),
                "-Dgraft.home=" + machine.home(),
                "-Dgraft.model.file=" + machine.model(),
                "-Dgraft.llama.threads=" + Machine.THREADS,
                "-Dgraft.llama.slots=" + Machine.SLOTS,
                "-Dgraft.llama.context-tokens=" + Machine.CONTEXT_TOKENS,
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port));
        command.addAll(settings);
        command.addAll(List.of("-jar", jar.toString()));
        return Running.start(command, port, "/health/ready", machine.log(name));
    }

    private InferenceService() {}
}
