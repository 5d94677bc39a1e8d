package dev.graft.model.jinja;

import java.util.HashMap;
import java.util.Map;

/** {@code namespace()}: the only thing that a template may change from inside a loop. */
record Namespace(Map<String, Object> values) {
    Namespace {
        values = new HashMap<>(values);
    }
}
