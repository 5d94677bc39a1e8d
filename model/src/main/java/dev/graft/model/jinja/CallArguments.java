package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a filter or function was called with.
 *
 * @param function its name, for messages
 */
record CallArguments(String function, List<Object> positional, Map<String, Object> named) {
    /** The argument at this place, or of this name. */
    Optional<Object> get(int index, String name) {
        Object byName = named.get(name);
        return index < positional.size()
                ? Optional.of(positional.get(index))
                : byName == null ? Optional.empty() : Optional.of(byName);
    }

    Object required(int index, String name) {
        return get(index, name).orElseThrow(() -> new JinjaException(function + " needs the argument " + name));
    }

    Text text(int index, String name) {
        return Values.requireText(required(index, name), function);
    }

    long whole(int index, String name, long otherwise) {
        return get(index, name)
                .filter(value -> value != None.NONE)
                .map(value -> Values.requireWhole(value, function))
                .orElse(otherwise);
    }

    boolean flag(int index, String name) {
        return get(index, name).map(Values::isTrue).orElse(false);
    }
}
