package dev.graft.prompt.api;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.prompt.template.Template;
import dev.graft.prompt.template.TemplateDiff;
import dev.graft.prompt.template.TemplateFile;
import dev.graft.prompt.template.TemplateJson;
import dev.graft.prompt.template.TemplateRef;
import dev.graft.prompt.template.TemplateSource;
import dev.graft.prompt.template.Templates;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Writing and reading templates. */
@Path("/v1/templates")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Templates")
@APIResponse(
        responseCode = "default",
        description = "Why not",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public final class TemplatesResource {
    private final Templates templates;

    TemplatesResource(Templates templates) {
        this.templates = templates;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Write a template",
            description =
                    "Makes version 1, or the next version; where the newest version says the same, nothing is made. The body may name labels that shall point at it.")
    @APIResponse(
            responseCode = "201",
            description = "A new version",
            content = @Content(schema = @Schema(implementation = Views.Written.class)))
    @APIResponse(
            responseCode = "200",
            description = "The newest version says the same",
            content = @Content(schema = @Schema(implementation = Views.Written.class)))
    public Response write(
            @RequestBody(content = @Content(schema = @Schema(implementation = TemplateSource.class))) byte[] body) {
        TemplateFile.Entry entry =
                TemplateFile.entry(TemplateJson.read(body, com.fasterxml.jackson.databind.JsonNode.class), "");
        Views.Written written = Views.Written.of(templates.write(List.of(entry)).getFirst());
        return Response.status(written.created() ? Response.Status.CREATED : Response.Status.OK)
                .entity(written)
                .build();
    }

    @GET
    @Operation(summary = "List the templates")
    public List<Views.Listed> list() {
        Map<String, Map<String, Integer>> labels = templates.labels();
        return templates.newest().stream()
                .map(each -> new Views.Listed(
                        each.name(),
                        each.source().description(),
                        each.version(),
                        labels.getOrDefault(each.name(), Map.of())))
                .toList();
    }

    @GET
    @Path("{ref}")
    @Operation(summary = "Read one version")
    public Views.Shown show(@Parameter(description = "name, name@version or name@label") @PathParam("ref") String ref) {
        Template template = templates.find(TemplateRef.parse(ref));
        return Views.Shown.of(template, labelsOf(template.name()));
    }

    @GET
    @Path("{name}/versions")
    @Operation(summary = "Read all versions, newest first")
    public List<Views.Shown> versions(@PathParam("name") String name) {
        Map<String, Integer> labels = labelsOf(name);
        return templates.versions(name).stream()
                .map(each -> Views.Shown.of(each, labels))
                .toList();
    }

    @PUT
    @Path("{name}/labels/{label}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Point a label at a version",
            description = "Makes the label where it is not there. Requests that name it get that version from then on.")
    public Views.Labels moveLabel(
            @PathParam("name") String name,
            @PathParam("label") String label,
            @RequestBody(content = @Content(schema = @Schema(implementation = Views.LabelTarget.class))) byte[] body) {
        templates.moveLabel(
                name, label, TemplateJson.read(body, Views.LabelTarget.class).version());
        return new Views.Labels(name, labelsOf(name));
    }

    @DELETE
    @Path("{name}/labels/{label}")
    @Operation(summary = "Take a label away")
    public Views.Labels removeLabel(@PathParam("name") String name, @PathParam("label") String label) {
        templates.removeLabel(name, label);
        return new Views.Labels(name, labelsOf(name));
    }

    @GET
    @Path("{name}/diff")
    @Operation(summary = "Compare two versions")
    public TemplateDiff diff(
            @PathParam("name") String name,
            @Parameter(description = "version or label") @QueryParam("from") @org.jspecify.annotations.Nullable
                    String from,
            @Parameter(description = "version or label") @QueryParam("to") @org.jspecify.annotations.Nullable
                    String to) {
        return TemplateDiff.of(find(name, "from", from), find(name, "to", to));
    }

    private Template find(String name, String parameter, @org.jspecify.annotations.Nullable String which) {
        if (which == null || which.isEmpty()) {
            throw new FaultException(Fault.input("malformed", parameter, "", "must name a version or a label"));
        }
        return templates.find(TemplateRef.parse(name + "@" + which));
    }

    private Map<String, Integer> labelsOf(String name) {
        return templates.labels().getOrDefault(name, Map.of());
    }
}
