package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code graft bench}: everything behind it is read by the benchmarks themselves. */
@Command(
        name = "bench",
        description =
                "Benchmarks, peers side by side in the same run. What there is: graft bench; each one's options: graft bench NAME --help.")
public final class BenchCommand implements Callable<Integer> {
    @Unmatched
    List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Path target = StackOptions.root().resolve("bench/target");
        if (!Files.isDirectory(target.resolve("lib"))) {
            throw new FaultException(Fault.input("not_built", "bench", target, "build it first: ./graft does"));
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The client compiles little: on few cores the optimising compiler's threads would disturb both servers for the
        // first seconds.
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add(
                "-Dorg.bytedeco.javacpp.cachedir=" + GraftHome.current().cache().resolve("javacpp"));
        command.add("-Dgraft.home=" + GraftHome.current().folder());
        command.add("-Dgraft.root=" + StackOptions.root());
        command.add("-cp");
        command.add(target.resolve("classes") + ":" + target.resolve("lib") + "/*");
        command.add("dev.graft.bench.Main");
        command.addAll(arguments);
        return Child.run(command);
    }
}
