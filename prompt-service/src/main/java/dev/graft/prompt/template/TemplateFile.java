package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A file of templates that people keep in git: {@code templates:}, a list of {@link TemplateSource}, each with the {@code labels} that shall point
 * at it.
 */
public record TemplateFile(List<Entry> templates) {
    public TemplateFile {
        templates = List.copyOf(templates);
    }

    /**
     * @param labels labels that shall point at the version with this content; others stay where they are
     */
    public record Entry(TemplateSource source, List<String> labels) {
        public Entry {
            labels = List.copyOf(labels);
        }
    }

    /** @throws FaultException where it is not YAML, a field is unknown or missing, or a name comes twice */
    public static TemplateFile parse(byte[] yaml) {
        JsonNode root = TemplateJson.readYaml(yaml);
        if (!root.path("templates").isArray() || root.size() != 1) {
            throw new FaultException(Fault.input(
                    "malformed", "templates", "", "the file must have one field, templates, with a list of templates"));
        }
        Set<String> names = new HashSet<>();
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : root.path("templates")) {
            Entry entry = entry(node, "templates[" + entries.size() + "]");
            if (!names.add(entry.source().name())) {
                throw new FaultException(Fault.input(
                        "template_twice", "templates", entry.source().name(), "comes twice in the file"));
            }
            entries.add(entry);
        }
        return new TemplateFile(entries);
    }

    /** One template with its labels. */
    public static Entry entry(JsonNode node, String at) {
        if (!(node instanceof ObjectNode object)) {
            throw new FaultException(Fault.input("malformed", at, node, "must be a template"));
        }
        ObjectNode source = object.deepCopy();
        JsonNode labels = source.remove("labels");
        return new Entry(read(source, at), labels == null ? List.of() : labels(labels, at));
    }

    private static TemplateSource read(ObjectNode source, String at) {
        try {
            return TemplateJson.read(source, TemplateSource.class);
        } catch (FaultException e) {
            Fault fault = e.fault();
            throw new FaultException(
                    new Fault(fault.code(), fault.kind(), at + "." + fault.field(), fault.value(), fault.remedy()), e);
        }
    }

    private static List<String> labels(JsonNode labels, String at) {
        if (!labels.isArray()) {
            throw new FaultException(Fault.input("malformed", at + ".labels", labels, "must be a list of labels"));
        }
        List<String> names = new ArrayList<>();
        labels.forEach(label -> names.add(Names.label(label.asText())));
        return names;
    }
}
