package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code tojson} as Hugging Face has it: {@code json.dumps(value, ensure_ascii=False, indent=…, sort_keys=…)}.
 *
 * @param indent blanks per level, 0 for all on one line
 */
record Json(int indent, boolean sortKeys) {
    Text write(Object value) {
        var out = new TextBuilder();
        write(value, 1, out);
        return out.text();
    }

    private void write(Object value, int level, TextBuilder out) {
        switch (value) {
            case Text text -> quoted(text, out);
            case List<?> list -> list(list, level, out);
            case Map<?, ?> map -> map(map, level, out);
            case Boolean flag -> out.add(flag.toString());
            case None none -> out.add("null");
            case Long number -> out.add(number.toString());
            case Double number -> out.add(Values.plain(number));
            default ->
                throw new JinjaException("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private void list(List<?> list, int level, TextBuilder out) {
        String separator = "";
        out.add("[");
        for (Object item : list) {
            out.add(separator).add(newline(level));
            write(item, level + 1, out);
            separator = indent > 0 ? "," : ", ";
        }
        out.add(list.isEmpty() ? "" : newline(level - 1)).add("]");
    }

    private void map(Map<?, ?> map, int level, TextBuilder out) {
        Map<String, Object> sorted = new TreeMap<>();
        if (sortKeys) {
            map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        }
        String separator = "";
        out.add("{");
        for (Map.Entry<?, ?> entry : sortKeys ? sorted.entrySet() : map.entrySet()) {
            out.add(separator).add(newline(level));
            quoted(Text.own(String.valueOf(entry.getKey())), out);
            out.add(": ");
            write(entry.getValue(), level + 1, out);
            separator = indent > 0 ? "," : ", ";
        }
        out.add(map.isEmpty() ? "" : newline(level - 1)).add("}");
    }

    private String newline(int level) {
        return indent > 0 ? "\n" + " ".repeat(indent * level) : "";
    }

    private static void quoted(Text text, TextBuilder out) {
        out.add("\"");
        int plain = 0;
        String value = text.value();
        for (int i = 0; i < value.length(); i++) {
            String escaped = escaped(value.charAt(i));
            if (!escaped.isEmpty()) {
                out.add(text.slice(plain, i)).add(text.slice(i, i + 1).changedTo(escaped));
                plain = i + 1;
            }
        }
        out.add(text.slice(plain, value.length())).add("\"");
    }

    /** How a letter is written, empty where it stands for itself. */
    private static String escaped(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> c < 0x20 ? "\\u%04x".formatted((int) c) : "";
        };
    }
}
