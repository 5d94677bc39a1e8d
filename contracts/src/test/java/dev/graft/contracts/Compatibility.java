package dev.graft.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What in a changed schema would break programs that were written against a released one. Readers and writers are updated at different times, so
 * old events must stay valid and new ones readable: a change may add what is optional, nothing else.
 */
final class Compatibility {
    /** Keywords that explain and don't decide. */
    private static final Set<String> WORDS = Set.of("description", "title", "examples", "$comment");

    static List<String> breaks(JsonNode released, JsonNode now) {
        var found = new ArrayList<String>();
        compare("", released, now, found);
        return found;
    }

    private static void compare(String path, JsonNode released, JsonNode now, List<String> found) {
        var keywords = new HashSet<String>();
        released.fieldNames().forEachRemaining(keywords::add);
        now.fieldNames().forEachRemaining(keywords::add);
        keywords.removeAll(WORDS);
        for (String keyword : keywords) {
            String here = path + "/" + keyword;
            JsonNode before = released.path(keyword);
            JsonNode after = now.path(keyword);
            switch (keyword) {
                case "properties", "$defs" -> byName(here, before, after, found);
                case "required" -> required(here, before, after, found);
                default -> keyword(here, before, after, found);
            }
        }
    }

    private static void byName(String path, JsonNode before, JsonNode after, List<String> found) {
        before.properties().forEach(entry -> {
            String here = path + "/" + entry.getKey();
            if (after.has(entry.getKey())) {
                compare(here, entry.getValue(), after.get(entry.getKey()), found);
            } else {
                found.add(here + ": removed");
            }
        });
    }

    private static void required(String path, JsonNode before, JsonNode after, List<String> found) {
        Set<String> old = names(before);
        Set<String> now = names(after);
        now.stream().filter(name -> !old.contains(name)).forEach(name -> found.add(path + ": " + name + " is new"));
        old.stream().filter(name -> !now.contains(name)).forEach(name -> found.add(path + ": " + name + " is gone"));
    }

    private static void keyword(String path, JsonNode before, JsonNode after, List<String> found) {
        if (before.isObject() && after.isObject()) {
            compare(path, before, after, found);
        } else if (!withoutWords(before).equals(withoutWords(after))) {
            found.add(path + ": " + before + " became " + after);
        }
    }

    private static JsonNode withoutWords(JsonNode node) {
        JsonNode copy = node.deepCopy();
        WORDS.forEach(word -> copy.findParents(word).forEach(parent -> ((ObjectNode) parent).remove(word)));
        return copy;
    }

    private static Set<String> names(JsonNode list) {
        var names = new HashSet<String>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }

    private Compatibility() {}
}
