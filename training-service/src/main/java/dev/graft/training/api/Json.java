package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.List;
import java.util.function.Function;

/** What OpenAI's answers have in common. */
final class Json {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static ObjectNode object() {
        return NODES.objectNode();
    }

    static ArrayNode array() {
        return NODES.arrayNode();
    }

    /**
     * A page of a list.
     *
     * @param after the last id of the page before; empty: from the beginning
     * @throws FaultException {@code invalid_value}: the list begun anew in place of its next page would never end
     */
    static <T> ObjectNode page(
            List<T> all, String after, int limit, Function<T, String> id, Function<T, ObjectNode> view) {
        if (limit < 1) {
            throw new FaultException(Fault.input("invalid_value", "limit", limit, "must be at least 1"));
        }
        List<T> rest = after.isEmpty() ? all : behind(all, after, id);
        List<T> page = rest.subList(0, Math.min(limit, rest.size()));
        ObjectNode list = object().put("object", "list");
        ArrayNode data = list.putArray("data");
        page.forEach(element -> data.add(view.apply(element)));
        list.put("first_id", page.isEmpty() ? null : id.apply(page.getFirst()));
        list.put("last_id", page.isEmpty() ? null : id.apply(page.getLast()));
        return list.put("has_more", rest.size() > page.size());
    }

    private static <T> List<T> behind(List<T> all, String after, Function<T, String> id) {
        for (int i = 0; i < all.size(); i++) {
            if (id.apply(all.get(i)).equals(after)) {
                return all.subList(i + 1, all.size());
            }
        }
        throw new FaultException(
                Fault.input("invalid_value", "after", after, "must be the id of an element of this list"));
    }

    private Json() {}
}
