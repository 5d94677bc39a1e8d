package dev.graft.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The places of a template, <code>{{ field }}</code>, filled with a line's values. A value is text and stays so: it is looked through for no places, and
 * no special token is read from it.
 */
final class Places {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*\\}\\}");

    static Prompt fill(Prompt template, Map<String, JsonNode> fields) throws RowException {
        return switch (template) {
            case Prompt.Text(String text) -> new Prompt.Text(fill(text, fields));
            case Prompt.Chat(List<Message> turns) -> {
                List<Message> filled = new ArrayList<>();
                for (Message turn : turns) {
                    filled.add(new Message(turn.role(), fill(turn.content(), fields)));
                }
                yield new Prompt.Chat(filled);
            }
        };
    }

    /** Whether a template has any: without one all examples would read the same. */
    static boolean in(Prompt template) {
        return switch (template) {
            case Prompt.Text(String text) -> PLACE.matcher(text).find();
            case Prompt.Chat(List<Message> turns) ->
                turns.stream().anyMatch(turn -> PLACE.matcher(turn.content()).find());
        };
    }

    private static String fill(String text, Map<String, JsonNode> fields) throws RowException {
        Matcher places = PLACE.matcher(text);
        var filled = new StringBuilder();
        while (places.find()) {
            String value = Values.text(fields, places.group(1));
            places.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return places.appendTail(filled).toString();
    }

    private Places() {}
}
