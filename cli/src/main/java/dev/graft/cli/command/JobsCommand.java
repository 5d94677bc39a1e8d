package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.training.JobTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft jobs}. */
@Command(
        name = "jobs",
        description = "Training jobs: which there are, how far they are.",
        subcommands = {
            JobsCommand.ListThem.class,
            JobsCommand.Show.class,
            JobsCommand.Cancel.class,
            JobsCommand.Pause.class,
            JobsCommand.Resume.class
        },
        synopsisSubcommandLabel = "[COMMAND]")
public final class JobsCommand implements Callable<Integer> {
    static final String PATH = "/v1/fine_tuning/jobs";
    private static final String ALL = PATH + "?limit=1000";

    @Override
    public Integer call() throws Exception {
        JobTable.lines(client().get(ALL)).forEach(System.out::println);
        return 0;
    }

    /** {@code graft jobs list}. */
    @Command(name = "list", description = "Show them, the newest first.")
    public static final class ListThem implements Callable<Integer> {
        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            JsonNode list = client().get(ALL);
            print(list, json, JobTable.lines(list));
            return 0;
        }
    }

    /** {@code graft jobs show}. */
    @Command(name = "show", description = "Show one of them with what happened last.")
    public static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "JOB", description = "Its id.")
        String id = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            JsonNode job = client().get(PATH + "/" + id);
            JsonNode events = client().get(PATH + "/" + id + "/events?limit=20");
            print(job, json, JobTable.whole(job, events));
            return 0;
        }
    }

    /** {@code graft jobs cancel}. */
    @Command(name = "cancel", description = "End one without an adapter.")
    public static final class Cancel extends Word {}

    /** {@code graft jobs pause}. */
    @Command(name = "pause", description = "Save one's state and free its worker.")
    public static final class Pause extends Word {}

    /** {@code graft jobs resume}. */
    @Command(name = "resume", description = "Have a paused one go on where it was.")
    public static final class Resume extends Word {}

    /** A word to a job: the command's own name. */
    abstract static class Word implements Callable<Integer> {
        @Parameters(paramLabel = "JOB", description = "Its id.")
        String id = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @picocli.CommandLine.Spec
        picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

        @Override
        public Integer call() throws Exception {
            JsonNode job = client().post(PATH + "/" + id + "/" + spec.name(), Map.of());
            JsonNode list = Json.tree(Map.of("data", List.of(job)));
            print(job, json, JobTable.lines(list));
            return 0;
        }
    }

    static TrainingClient client() throws IOException {
        return new TrainingClient(StackOptions.running().training().url());
    }

    private static void print(JsonNode whole, boolean json, List<String> lines) {
        if (json) {
            System.out.println(Json.pretty(whole));
        } else {
            lines.forEach(System.out::println);
        }
    }
}
