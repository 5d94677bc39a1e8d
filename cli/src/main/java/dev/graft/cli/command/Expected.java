package dev.graft.cli.command;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a change that is made only where the adapter is as its sender believes. */
final class Expected {
    @Option(
            names = "--expect-revision",
            paramLabel = "N",
            description = "Only where the adapter is at this revision; 0: where there is none.")
    Optional<Long> revision = Optional.empty();

    @Option(
            names = "--expect-generation",
            paramLabel = "N",
            description = "Only where this is its newest generation; 0: where there is none.")
    Optional<Integer> generation = Optional.empty();

    void addTo(Map<String, Object> body) {
        revision.ifPresent(n -> body.put("expected_revision", n));
        generation.ifPresent(n -> body.put("expected_generation", n));
    }
}
