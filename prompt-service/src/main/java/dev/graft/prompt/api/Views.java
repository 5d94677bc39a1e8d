package dev.graft.prompt.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Prompt;
import dev.graft.prompt.template.Template;
import dev.graft.prompt.template.TemplateJson;
import dev.graft.prompt.template.Templates;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What the HTTP door says about templates. */
final class Views {
    /**
     * One line of the list.
     *
     * @param newest its newest version
     * @param labels label to version
     */
    record Listed(String name, String description, int newest, Map<String, Integer> labels) {}

    /**
     * One version.
     *
     * @param labels those that point at it
     * @param source as it was written
     */
    record Shown(
            String name,
            int version,
            Instant writtenAt,
            List<String> labels,

            @Schema(implementation = dev.graft.prompt.template.TemplateSource.class)
            JsonNode source) {
        static Shown of(Template template, Map<String, Integer> labels) {
            List<String> here = labels.entrySet().stream()
                    .filter(each -> each.getValue() == template.version())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            return new Shown(
                    template.name(),
                    template.version(),
                    template.writtenAt(),
                    here,
                    TemplateJson.tree(template.source()));
        }
    }

    /**
     * What writing a template did.
     *
     * @param created whether this is a new version; false where the newest one says the same already
     * @param moved labels that now point here and did not before
     */
    record Written(String name, int version, boolean created, List<String> moved) {
        static Written of(Templates.Written written) {
            return new Written(
                    written.template().name(), written.template().version(), written.created(), written.moved());
        }
    }

    /** @param templates in the order of the file */
    record Applied(List<Written> templates) {}

    /** @param version where the label shall point */
    record LabelTarget(int version) {}

    /** Label to version. */
    record Labels(String name, Map<String, Integer> labels) {}

    /**
     * A rendered template.
     *
     * @param prompt the messages, or the text
     * @param tokens what the model reads, counted by the inference service; absent where not asked for
     */
    record RenderedView(String name, int version, Prompt prompt, Optional<TokenView> tokens) {}

    /**
     * The prompt as the model reads it.
     *
     * @param text the prompt with the marks of the model's chat template
     * @param count tokens of it
     * @param sharedTokens how many tokens from the beginning are the same whatever the variables are: these are computed once, then reused
     * @param sharedText the text of these
     */
    record TokenView(String text, int count, int sharedTokens, String sharedText) {}

    private Views() {}
}
