package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;

/** Something that a template may call. */
@FunctionalInterface
public interface Callable {
    Object call(List<Object> arguments, Map<String, Object> named);
}
