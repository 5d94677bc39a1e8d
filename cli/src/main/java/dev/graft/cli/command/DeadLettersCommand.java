package dev.graft.cli.command;

import dev.graft.cli.Json;
import dev.graft.cli.events.DeadLetters;
import dev.graft.cli.events.DeadLetters.Letter;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft dlq}. */
@Command(
        name = "dlq",
        description = "Requests that could not be processed.",
        subcommands = {DeadLettersCommand.ListThem.class, DeadLettersCommand.Replay.class},
        synopsisSubcommandLabel = "COMMAND")
public final class DeadLettersCommand {
    /** {@code graft dlq list}. */
    @Command(name = "list", description = "Show them, with the reason that the broker gives.")
    public static final class ListThem implements Callable<Integer> {
        @Parameters(
                arity = "0..1",
                paramLabel = "TOPIC",
                defaultValue = "",
                description = "Of this topic. Default: of all.")
        String topic = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            List<Letter> letters = new ArrayList<>();
            try (DeadLetters dead = new DeadLetters(StackOptions.running().bootstrapServers())) {
                topics(topic).forEach(t -> letters.addAll(dead.list(t)));
            }
            if (json) {
                System.out.println(Json.pretty(letters));
            } else {
                letters.forEach(ListThem::print);
                System.out.println(letters.size() + " dead letters");
            }
            return 0;
        }

        private static void print(Letter letter) {
            System.out.println(letter.time() + " " + letter.topic() + " " + letter.key()
                    + (letter.replayed() ? " (replayed)" : ""));
            letter.headers().forEach((name, value) -> System.out.println("    " + name + ": " + value));
            String body = letter.body();
            System.out.println("    " + (body.length() > 200 ? body.substring(0, 200) + "…" : body));
        }
    }

    /** {@code graft dlq replay}. */
    @Command(name = "replay", description = "Send those again that were not sent again yet.")
    public static final class Replay implements Callable<Integer> {
        @Parameters(
                arity = "0..1",
                paramLabel = "TOPIC",
                defaultValue = "",
                description = "Of this topic. Default: of all.")
        String topic = "";

        @Override
        public Integer call() throws Exception {
            try (DeadLetters dead = new DeadLetters(StackOptions.running().bootstrapServers())) {
                for (String each : topics(topic)) {
                    System.out.println(each + ": " + dead.replay(each) + " sent again");
                }
            }
            return 0;
        }
    }

    private static List<String> topics(String named) {
        if (named.isEmpty()) {
            return DeadLetters.topics();
        }
        if (!DeadLetters.topics().contains(named)) {
            throw new FaultException(
                    Fault.input("no_such_topic", "TOPIC", named, "must be one of " + DeadLetters.topics()));
        }
        return List.of(named);
    }
}
