package dev.graft.training.api;

import dev.graft.training.job.Job;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which jobs a list shows, in OpenAI's words: {@code metadata[key]=value}, as often as there are keys, or {@code metadata=null} for those without any.
 *
 * @param wanted of each key the values that a job must have there: two different ones, and there is none
 * @param none whether only jobs without any are shown
 */
record MetadataFilter(Map<String, List<String>> wanted, boolean none) {
    private static final String NAME = "metadata";
    private static final String BEGIN = NAME + "[";
    private static final String END = "]";

    static MetadataFilter of(MultivaluedMap<String, String> query) {
        Map<String, List<String>> wanted = query.entrySet().stream()
                .filter(parameter -> parameter.getKey().startsWith(BEGIN)
                        && parameter.getKey().endsWith(END))
                .collect(Collectors.toMap(parameter -> key(parameter.getKey()), Map.Entry::getValue));
        return new MetadataFilter(wanted, "null".equals(query.getFirst(NAME)));
    }

    boolean shows(Job job) {
        Map<String, String> metadata = job.request().metadata();
        return (!none || metadata.isEmpty())
                && wanted.entrySet().stream()
                        .allMatch(parameter -> parameter.getValue().stream()
                                .allMatch(value -> value.equals(metadata.get(parameter.getKey()))));
    }

    private static String key(String parameter) {
        return parameter.substring(BEGIN.length(), parameter.length() - END.length());
    }
}
