package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Json;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft doctor}. */
@Command(
        name = "doctor",
        description = "Check what Graft needs on this machine. Exit code 1 where something is missing.")
public final class DoctorCommand implements Callable<Integer> {
    private static final int JAVA = 25;
    private static final long DISK = 2L << 30;
    private static final long MEMORY = 3L << 30;

    @Mixin
    StackOptions options = new StackOptions();

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    /**
     * One thing that was looked at.
     *
     * @param name what
     * @param good whether it will do
     * @param found what is there
     * @param remedy what to do; empty where it is good
     */
    record Finding(String name, boolean good, String found, String remedy) {
        static Finding of(String name, boolean good, String found, String remedy) {
            return new Finding(name, good, found, good ? "" : remedy);
        }
    }

    @Override
    public Integer call() throws Exception {
        List<Finding> findings = new ArrayList<>();
        int java = Runtime.version().feature();
        findings.add(Finding.of("Java", java >= JAVA, String.valueOf(Runtime.version()), "install a JDK 25"));
        for (String tool : List.of("mvn", "g++", "npm", "python3", "git", "openssl")) {
            findings.add(tool(tool));
        }
        findings.add(venv());
        machine(findings);
        files(findings);
        ports(findings);
        if (json) {
            System.out.println(Json.pretty(Map.of("findings", findings)));
        } else {
            findings.forEach(DoctorCommand::print);
        }
        return findings.stream().allMatch(Finding::good) ? 0 : 1;
    }

    private static Finding tool(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return Finding.of(name, true, file.toString(), "");
            }
        }
        return Finding.of(name, false, "not in PATH", "./graft installs it where it may");
    }

    private static Finding venv() throws InterruptedException {
        boolean good;
        try {
            good = new ProcessBuilder("python3", "-c", "import pip, venv, ensurepip")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            good = false; // there is no python3: that is a finding of its own
        }
        return Finding.of(
                "pip, venv", good, good ? "there" : "not of python3's modules", "./graft installs them where it may");
    }

    private static void machine(List<Finding> findings) throws IOException {
        Path folder = Files.createDirectories(GraftHome.current().folder());
        long free = Files.getFileStore(folder).getUsableSpace();
        findings.add(Finding.of(
                "disk", free >= DISK, gigabytes(free) + " free in " + folder, "2 GB are needed; or set GRAFT_HOME"));
        long memory = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(l -> l.startsWith("MemAvailable:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
        findings.add(Finding.of("memory", memory >= MEMORY, gigabytes(memory) + " available", "3 GB are needed"));
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(l -> l.startsWith("flags"))
                .findFirst()
                .orElse("");
        String best = cpu.contains("amx_tile")
                ? "AMX"
                : cpu.contains("avx512f") ? "AVX-512" : cpu.contains("avx2") ? "AVX2" : "older than AVX2: slow";
        findings.add(
                Finding.of("processor", true, Runtime.getRuntime().availableProcessors() + " threads, " + best, ""));
    }

    private static void files(List<Finding> findings) {
        GraftHome home = GraftHome.current();
        findings.add(file("llama.cpp", home.cache().resolve("llama-0.5.0/lib")));
        findings.add(file("model", home.models().resolve(GraftHome.MODEL_FILE)));
        findings.add(file("reviews", home.reviews()));
    }

    private static Finding file(String name, Path file) {
        return Finding.of(name, Files.exists(file), file.toString(), "not there: launcher/fetch.sh fetches it");
    }

    private void ports(List<Finding> findings) throws IOException {
        if (Stack.running(GraftHome.current(), StackOptions.root()).isPresent()) {
            findings.add(Finding.of("ports", true, "the stack runs", ""));
            return;
        }
        try {
            options.ports().requireFree();
            findings.add(Finding.of("ports", true, options.ports() + " are free", ""));
        } catch (FaultException e) {
            findings.add(Finding.of("ports", false, e.fault().message(), "choose others with --port-offset"));
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
    }

    private static void print(Finding finding) {
        System.out.println(String.format(
                Locale.ROOT,
                "%-4s %-10s %s%s",
                finding.good() ? "ok" : "BAD",
                finding.name(),
                finding.found(),
                finding.remedy().isEmpty() ? "" : ": " + finding.remedy()));
    }
}
