package dev.graft.prompt.template;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.prompt.settings.Database;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The stored templates. A version, once written, stays as it is (the database refuses otherwise), so versions are kept in memory; labels are asked for each time. */
@Singleton
public final class Templates {
    private static final int MOST_KEPT = 1_000;
    private static final String PRODUCTION = "production";

    private final Database database;
    private final TemplateCheck check;
    private final Map<TemplateRef.Version, Template> kept = new ConcurrentHashMap<>();

    public Templates(Database database, TemplateCheck check) {
        this.database = database;
        this.check = check;
    }

    /**
     * What writing a template did.
     *
     * @param created whether there is a new version; false where the newest one says the same
     * @param moved labels that pointed elsewhere, or nowhere, before
     */
    public record Written(Template template, boolean created, List<String> moved) {
        public Written {
            moved = List.copyOf(moved);
        }
    }

    /**
     * Writes each as a new version, unless the newest version says the same, and points labels at it; all of them or none.
     *
     * @throws FaultException where one cannot be stored
     */
    public List<Written> write(List<TemplateFile.Entry> entries) {
        entries.forEach(entry -> check.check(entry.source()));
        return database.transaction(connection -> {
            List<Written> written = new ArrayList<>();
            for (TemplateFile.Entry entry : entries) {
                written.add(write(connection, entry));
            }
            return written;
        });
    }

    private static Written write(Connection connection, TemplateFile.Entry entry) throws SQLException {
        String name = entry.source().name();
        TemplateRows.lock(connection, name);
        String json = TemplateJson.write(entry.source());
        Optional<Template> newest = TemplateRows.newest(connection, name);
        Optional<Template> same =
                newest.filter(template -> TemplateJson.write(template.source()).equals(json));
        int next = newest.map(template -> template.version() + 1).orElse(1);
        Template template = same.isPresent() ? same.get() : TemplateRows.insert(connection, entry.source(), next, json);
        List<String> moved = new ArrayList<>();
        for (String label : entry.labels()) {
            if (TemplateRows.point(connection, name, label, template.version())) {
                moved.add(label);
            }
        }
        return new Written(template, same.isEmpty(), moved);
    }

    /** @throws FaultException {@code template_not_found} */
    public Template find(TemplateRef ref) {
        if (ref instanceof TemplateRef.Version exact) {
            return version(exact);
        }
        String name = ref.name();
        String label = ref instanceof TemplateRef.Labelled labelled ? labelled.label() : PRODUCTION;
        boolean orNewest = ref instanceof TemplateRef.Current;
        int version = database.read(connection -> TemplateRows.labelled(connection, name, label, orNewest))
                .orElseThrow(() -> notFound(orNewest ? name : name + "@" + label));
        return version(new TemplateRef.Version(name, version));
    }

    private Template version(TemplateRef.Version ref) {
        Template known = kept.get(ref);
        if (known != null) {
            return known;
        }
        Template template = database.read(connection -> TemplateRows.version(connection, ref.name(), ref.version()))
                .orElseThrow(() -> notFound(ref.name() + "@" + ref.version()));
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        kept.put(ref, template);
        return template;
    }

    /** All of them, by name, each with its newest version. */
    public List<Template> newest() {
        return database.read(TemplateRows::newestOfEach);
    }

    /**
     * All versions of one, newest first.
     *
     * @throws FaultException {@code template_not_found}
     */
    public List<Template> versions(String name) {
        List<Template> versions = database.read(connection -> TemplateRows.versions(connection, Names.template(name)));
        if (versions.isEmpty()) {
            throw notFound(name);
        }
        return versions;
    }

    /** Where each template's labels point: name, then label, then version. */
    public Map<String, Map<String, Integer>> labels() {
        return database.read(TemplateRows::labels);
    }

    /** @throws FaultException {@code template_not_found} where there is no such version */
    public void moveLabel(String name, String label, int version) {
        Template template = version(new TemplateRef.Version(Names.template(name), version));
        database.transaction(
                connection -> TemplateRows.point(connection, name, Names.label(label), template.version()));
    }

    /** @throws FaultException {@code label_not_found} */
    public void removeLabel(String name, String label) {
        if (!database.transaction(connection -> TemplateRows.unpoint(connection, name, label))) {
            throw new FaultException(
                    Fault.input("label_not_found", "label", label, "the template " + name + " has no such label"));
        }
    }

    private static FaultException notFound(String ref) {
        return new FaultException(Fault.input(
                "template_not_found",
                "template",
                ref,
                "there is no such template, version or label: GET /v1/templates lists them"));
    }
}
