package dev.graft.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code graft test}: the launcher does it, since tests need no build before them. */
@Command(name = "test", description = "Run every test (mvn verify).")
public final class TestCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "OPTION", description = "Options for Maven, such as -- -pl model")
    List<String> options = List.of();

    @Override
    public Integer call() throws Exception {
        List<String> command =
                new ArrayList<>(List.of(StackOptions.root().resolve("graft").toString(), "test"));
        command.addAll(options);
        return Child.run(command);
    }
}
