package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;

/** {@code repr(value)} of Python: how values print inside lists and dictionaries. */
final class Representation {
    private final TextBuilder out = new TextBuilder();

    Text text() {
        return out.text();
    }

    Representation add(Object value) {
        switch (value) {
            case Text text -> quoted(text);
            case String key -> quoted(Text.own(key));
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            default -> out.add(Values.plain(value));
        }
        return this;
    }

    private void list(List<?> list) {
        String separator = "[";
        for (Object item : list) {
            out.add(separator);
            add(item);
            separator = ", ";
        }
        out.add(list.isEmpty() ? "[]" : "]");
    }

    private void map(Map<?, ?> map) {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.add(separator);
            add(entry.getKey());
            out.add(": ");
            add(entry.getValue());
            separator = ", ";
        }
        out.add(map.isEmpty() ? "{}" : "}");
    }

    private void quoted(Text text) {
        String value = text.value();
        String quote = value.contains("'") && !value.contains("\"") ? "\"" : "'";
        out.add(quote);
        for (int i = 0; i < value.length(); i++) {
            Text letter = text.slice(i, i + 1);
            String escaped = switch (value.charAt(i)) {
                case '\n' -> "\\n";
                case '\r' -> "\\r";
                case '\t' -> "\\t";
                case '\\' -> "\\\\";
                default -> letter.value().equals(quote) ? "\\" + quote : letter.value();
            };
            out.add(letter.changedTo(escaped));
        }
        out.add(quote);
    }
}
