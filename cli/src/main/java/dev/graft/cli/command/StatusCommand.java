package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Json;
import dev.graft.cli.stack.Stack;
import dev.graft.cli.stack.StackProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graft status}. */
@Command(
        name = "status",
        description = "Which processes run, where, and whether they are ready. Exit code 1 where one is not.")
public final class StatusCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        Optional<Stack> stack = Stack.written(GraftHome.current(), StackOptions.root());
        List<Map<String, Object>> rows = stack.isPresent() ? rows(stack.get()) : List.of();
        if (json) {
            printJson(rows);
        } else if (rows.stream().allMatch(r -> "stopped".equals(r.get("state")))) {
            System.out.println("nothing runs: graft up starts it");
        } else {
            rows.forEach(StatusCommand::print);
        }
        return !rows.isEmpty() && rows.stream().allMatch(r -> "ready".equals(r.get("state"))) ? 0 : 1;
    }

    static void print(Stack stack, boolean json) throws InterruptedException, IOException {
        if (json) {
            printJson(rows(stack));
        } else {
            rows(stack).forEach(StatusCommand::print);
        }
    }

    private static void printJson(List<Map<String, Object>> rows) throws IOException {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("home", GraftHome.current().folder().toString());
        status.put("processes", rows);
        System.out.println(Json.pretty(status));
    }

    private static void print(Map<String, Object> row) {
        System.out.println(String.format(
                Locale.ROOT,
                "%-18s %-12s %-24s %s",
                row.get("name"),
                row.get("state"),
                row.get("address"),
                row.containsKey("pid") ? "pid " + row.get("pid") : ""));
    }

    private static List<Map<String, Object>> rows(Stack stack) throws InterruptedException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (StackProcess process : stack.processes()) {
            Map<String, Object> row = new LinkedHashMap<>();
            Optional<ProcessHandle> handle = process.handle();
            row.put("name", process.name());
            row.put("state", handle.isEmpty() ? "stopped" : process.isReady() ? "ready" : "not ready");
            row.put("address", process == stack.broker() ? stack.bootstrapServers() : process.url());
            handle.ifPresent(h -> row.put("pid", h.pid()));
            row.put("log", process.log().toString());
            rows.add(row);
        }
        return rows;
    }
}
