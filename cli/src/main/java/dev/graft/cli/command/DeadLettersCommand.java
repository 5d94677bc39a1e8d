package dev.graft.cli.command;

import dev.graft.cli.Json;
import dev.graft.cli.dlq.DeadLetter;
import dev.graft.cli.dlq.DeadLetters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    private static final int LONGEST_BODY = 200;

    /** {@code graft dlq list}. */
    @Command(name = "list", description = "Show them, with the reason that the broker gives.")
    public static final class ListThem implements Callable<Integer> {
        @Option(names = "--all", description = "Those that were replayed, too.")
        boolean all;

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            try (DeadLetters dead = DeadLetters.connect(StackOptions.running().bootstrapServers())) {
                List<DeadLetter> letters = dead.list(all);
                if (json) {
                    System.out.println(Json.pretty(letters));
                } else {
                    letters.forEach(ListThem::print);
                    System.out.println(letters.size() + " dead letters");
                }
            }
            return 0;
        }

        private static void print(DeadLetter letter) {
            String body = letter.body();
            System.out.println(letter.at() + " " + letter.source() + " " + letter.id() + ": " + letter.reason() + ", "
                    + letter.deliveries() + " deliveries" + (letter.replayed() ? ", replayed" : ""));
            System.out.println("    " + (body.length() > LONGEST_BODY ? body.substring(0, LONGEST_BODY) + "…" : body));
        }
    }

    /** {@code graft dlq replay}. */
    @Command(name = "replay", description = "Send them to their topics again, as they were sent.")
    public static final class Replay implements Callable<Integer> {
        @Parameters(
                arity = "0..*",
                paramLabel = "ID",
                description = "These requests, replayed before or not. Default: all that were not replayed yet.")
        Set<String> ids = new TreeSet<>();

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            try (DeadLetters dead = DeadLetters.connect(StackOptions.running().bootstrapServers())) {
                int sent = dead.replay(Set.copyOf(ids));
                System.out.println(json ? Json.pretty(Map.of("replayed", sent)) : sent + " sent again");
            }
            return 0;
        }
    }
}
