package dev.graft.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.Json;
import dev.graft.cli.adapters.AdapterTable;
import dev.graft.contracts.AdapterSelector;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.MalformedFileException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft adapters}. */
@Command(
        name = "adapters",
        description = "The registry of adapters: which there are, and which generation each name stands for.",
        subcommands = {
            AdaptersCommand.ListThem.class,
            AdaptersCommand.Show.class,
            RegisterAdapterCommand.class,
            ImportAdapterCommand.class,
            ExportAdapterCommand.class,
            AdaptersCommand.Label.class,
            AdaptersCommand.Promote.class,
            AdaptersCommand.Share.class,
            AdaptersCommand.Rollback.class,
            AdaptersCommand.Retire.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class AdaptersCommand {
    static final String PATH = "/v1/adapters";

    /** {@code graft adapters list}. */
    @Command(name = "list", description = "Show them, with their state on the inference-service of this machine.")
    public static final class ListThem implements Callable<Integer> {
        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            JsonNode list = client().get(PATH);
            print(list, json, AdapterTable.lines(list));
            return 0;
        }
    }

    /** {@code graft adapters show}. */
    @Command(name = "show", description = "Show one, with all its generations.")
    public static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        String name = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            JsonNode adapter = client().get(PATH + "/" + named("NAME", name).name());
            print(adapter, json, AdapterTable.whole(adapter));
            return 0;
        }
    }

    /** A change of one adapter. */
    abstract static class Change implements Callable<Integer> {
        @Mixin
        Expected expected = new Expected();

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        int send(AdapterSelector adapter, String verb, Map<String, Object> body)
                throws IOException, InterruptedException {
            Map<String, Object> whole = new LinkedHashMap<>(body);
            expected.addTo(whole);
            JsonNode changed = client().post(PATH + "/" + adapter.name() + "/" + verb, whole);
            print(changed, json, AdapterTable.whole(changed));
            return 0;
        }
    }

    /** {@code graft adapters label}. */
    @Command(name = "label", description = "Put a label at a generation, or take it away.")
    public static final class Label extends Change {
        @Parameters(index = "0", paramLabel = "NAME@GENERATION", description = "The generation; with --remove NAME.")
        String adapter = "";

        @Parameters(index = "1", paramLabel = "LABEL", description = "Requests name it NAME@LABEL.")
        String label = "";

        @Option(names = "--remove", description = "Take the label away.")
        boolean remove;

        @Override
        public Integer call() throws Exception {
            AdapterSelector chosen = named("NAME@GENERATION", adapter);
            return send(
                    chosen,
                    "label",
                    remove
                            ? Map.of("label", label, "remove", true)
                            : Map.of("label", label, "generation", required(chosen, adapter)));
        }
    }

    /** {@code graft adapters promote}. */
    @Command(name = "promote", description = "Make a generation live: what the bare name stands for.")
    public static final class Promote extends Change {
        @Parameters(paramLabel = "NAME@GENERATION", description = "The generation.")
        String adapter = "";

        @Override
        public Integer call() throws Exception {
            AdapterSelector chosen = named("NAME@GENERATION", adapter);
            return send(chosen, "promote", Map.of("generation", required(chosen, adapter)));
        }
    }

    /** {@code graft adapters share}. */
    @Command(name = "share", description = "Give a candidate a part of the traffic of the bare name.")
    public static final class Share extends Change {
        @Parameters(index = "0", paramLabel = "NAME@GENERATION", description = "The candidate.")
        String adapter = "";

        @Parameters(index = "1", paramLabel = "PERCENT", description = "Of the requests' keys; 0 ends it.")
        int percent;

        @Override
        public Integer call() throws Exception {
            AdapterSelector chosen = named("NAME@GENERATION", adapter);
            return send(chosen, "share", Map.of("generation", required(chosen, adapter), "percent", percent));
        }
    }

    /** {@code graft adapters rollback}. */
    @Command(name = "rollback", description = "Make the generation live that was so before.")
    public static final class Rollback extends Change {
        @Parameters(paramLabel = "NAME[@GENERATION]", description = "Another one that was live before.")
        String adapter = "";

        @Override
        public Integer call() throws Exception {
            AdapterSelector chosen = named("NAME[@GENERATION]", adapter);
            return send(chosen, "rollback", optional(chosen));
        }
    }

    /** {@code graft adapters retire}. */
    @Command(name = "retire", description = "Serve an adapter no more, or one generation of it.")
    public static final class Retire extends Change {
        @Parameters(paramLabel = "NAME[@GENERATION]", description = "The adapter; or only this generation.")
        String adapter = "";

        @Override
        public Integer call() throws Exception {
            AdapterSelector chosen = named("NAME[@GENERATION]", adapter);
            return send(chosen, "retire", optional(chosen));
        }
    }

    static InferenceClient client() throws IOException {
        return new InferenceClient(StackOptions.running().inference().url());
    }

    static void print(JsonNode node, boolean json, List<String> lines) {
        if (json) {
            System.out.println(Json.pretty(node));
        } else {
            lines.forEach(System.out::println);
        }
    }

    /** An adapter's file that is none, as a fault. */
    static FaultException refused(MalformedFileException e) {
        return new FaultException(Fault.input("adapter_refused", e.field(), e.value(), e.remedy()), e);
    }

    /** An adapter, and perhaps one of its generations by number. */
    private static AdapterSelector named(String parameter, String text) {
        AdapterSelector selector = AdapterSelector.parse(parameter, text);
        if (selector instanceof AdapterSelector.Labelled) {
            throw new FaultException(
                    Fault.input("invalid_adapter", parameter, text, "must name a generation's number"));
        }
        return selector;
    }

    private static int required(AdapterSelector selector, String text) {
        return number(selector)
                .orElseThrow(() -> new FaultException(Fault.input(
                        "invalid_adapter", "NAME@GENERATION", text, "must name a generation, such as " + text + "@1")));
    }

    private static Map<String, Object> optional(AdapterSelector selector) {
        OptionalInt number = number(selector);
        return number.isPresent() ? Map.of("generation", number.getAsInt()) : Map.of();
    }

    private static OptionalInt number(AdapterSelector selector) {
        return selector instanceof AdapterSelector.Numbered numbered
                ? OptionalInt.of(numbered.generation())
                : OptionalInt.empty();
    }
}
