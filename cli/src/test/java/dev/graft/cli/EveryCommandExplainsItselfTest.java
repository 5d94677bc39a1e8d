package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.AutoComplete;
import picocli.CommandLine;

class EveryCommandExplainsItselfTest {
    static Stream<List<String>> commands() {
        return paths(Graft.commandLine(), List.of()).stream();
    }

    private static List<List<String>> paths(CommandLine command, List<String> path) {
        List<List<String>> all = new ArrayList<>(List.of(path));
        command.getSubcommands().forEach((name, sub) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            all.addAll(paths(sub, longer));
        });
        return all;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpNamesTheCommandAndSaysWhatItDoes(List<String> path) {
        List<String> arguments = new ArrayList<>(path);
        arguments.add("--help");
        StringWriter out = new StringWriter();
        int code = Graft.commandLine().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
        assertThat(code).isZero();
        assertThat(out.toString().lines().count()).isGreaterThan(3);
        assertThat(out.toString()).contains("Usage: " + ("graft " + String.join(" ", path)).strip());
    }

    @Test
    void theCommandsThatArePromisedAreThere() {
        assertThat(Graft.commandLine().getSubcommands())
                .containsKeys(
                        "demo",
                        "up",
                        "down",
                        "status",
                        "logs",
                        "run",
                        "apply",
                        "model",
                        "train",
                        "jobs",
                        "adapters",
                        "dlq",
                        "doctor",
                        "bench",
                        "test",
                        "completion");
    }

    @Test
    void anUnknownOptionIsRefusedAndTheNearestIsNamed() {
        StringWriter err = new StringWriter();
        int code = Graft.commandLine().setErr(new PrintWriter(err)).execute("demo", "--jsn");
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--jsn", "--json");
    }

    @Test
    void optionsOfABenchmarkAreLeftToIt() {
        var parsed = Graft.commandLine().parseArgs("bench", "serving", "--only", "c1_ttft", "--out", "x.json");
        assertThat(parsed.subcommand().commandSpec().name()).isEqualTo("bench");
    }

    @Test
    void completionKnowsTheCommands() {
        assertThat(AutoComplete.bash("graft", Graft.commandLine())).contains("complete -F", "demo", "dlq");
    }
}
