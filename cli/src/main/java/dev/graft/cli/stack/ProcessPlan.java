package dev.graft.cli.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How one process of the stack is started.
 *
 * @param name such as {@code inference-service}; names its log and pid file too
 * @param command program and arguments
 * @param environment variables beside ours
 * @param port where it will listen
 * @param readyPath of its readiness over HTTP; empty for the broker, whose readiness is asked over Kafka
 * @param log takes its standard output and error
 * @param pidFile says that it runs
 */
record ProcessPlan(
        String name,
        List<String> command,
        Map<String, String> environment,
        int port,
        String readyPath,
        Path log,
        Path pidFile) {
    ProcessPlan {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
