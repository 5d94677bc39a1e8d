package dev.graft.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingData.Columns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a line says what is to be learned. */
sealed interface Form {
    Example example(Row row) throws RowException;

    /** {@code {"messages": [{"role": …, "content": …}, …]}}: the last turn, the assistant's, is learned. */
    record Chat() implements Form {
        private static final Set<String> ROLES = Set.of("system", "user", "assistant");

        @Override
        public Example example(Row row) throws RowException {
            Values.onlyThese(row.fields(), Set.of("messages"));
            JsonNode turns = row.fields().get("messages");
            if (turns == null || !turns.isArray() || turns.size() < 2) {
                throw new RowException("bad_messages", "has no messages: an array of at least two");
            }
            List<Message> messages = new ArrayList<>();
            for (JsonNode turn : turns) {
                messages.add(message(turn));
            }
            Message answer = messages.removeLast();
            if (!answer.role().equals("assistant")) {
                throw new RowException("bad_messages", "ends with a message that is not the assistant's");
            }
            return new Example(
                    row.line(), new Prompt.Chat(messages), answer.content(), Optional.empty(), messages.toString());
        }

        private static Message message(JsonNode turn) throws RowException {
            Map<String, JsonNode> fields = new LinkedHashMap<>();
            turn.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            Values.onlyThese(fields, Set.of("role", "content"));
            String role = Values.text(fields, "role");
            if (!ROLES.contains(role)) {
                throw new RowException("bad_role", "has a role " + role + " that is not system, user or assistant");
            }
            return new Message(role, Values.text(fields, "content"));
        }
    }

    /** {@code {"prompt": …, "completion": …}}: plain text that is continued. */
    record Completion() implements Form {
        @Override
        public Example example(Row row) throws RowException {
            Values.onlyThese(row.fields(), Set.of("prompt", "completion"));
            String prompt = Values.text(row.fields(), "prompt");
            return new Example(
                    row.line(),
                    new Prompt.Text(prompt),
                    Values.text(row.fields(), "completion"),
                    Optional.empty(),
                    prompt);
        }
    }

    /**
     * An input and its label.
     *
     * @param strict whether other fields than these two are refused
     * @param template how the line becomes a prompt; empty: the input is one user turn
     */
    record Labelled(Columns columns, boolean strict, Optional<Prompt> template) implements Form {
        @Override
        public Example example(Row row) throws RowException {
            if (strict) {
                Values.onlyThese(row.fields(), Set.of(columns.input(), columns.label()));
            }
            String input = Values.text(row.fields(), columns.input());
            String label = Values.text(row.fields(), columns.label());
            Prompt prompt = template.isPresent()
                    ? Places.fill(template.get(), row.fields())
                    : new Prompt.Chat(List.of(new Message("user", input)));
            return new Example(row.line(), prompt, label, Optional.of(label), input);
        }
    }

    /** The form of a file whose sender named none, told by its first line. */
    static Form of(Row first) {
        if (first.fields().containsKey("messages")) {
            return new Chat();
        }
        return first.fields().containsKey("prompt")
                ? new Completion()
                : new Labelled(new Columns("input", "label"), true, Optional.empty());
    }
}
