package dev.graft.prompt.api;

import dev.graft.prompt.template.TemplateFile;
import dev.graft.prompt.template.Templates;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A file of templates, as people keep it in git. */
@Path("/v1/apply")
@RunOnVirtualThread
@Tag(name = "Templates")
public final class ApplyResource {
    private final Templates templates;

    ApplyResource(Templates templates) {
        this.templates = templates;
    }

    @POST
    @Consumes({"application/yaml", "application/x-yaml", "text/yaml", "text/plain", MediaType.APPLICATION_JSON})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Apply a file of templates",
            description =
                    "All of it or none. The same file again changes nothing: a template whose newest version says the same gets no new one, a label that points there stays.")
    @APIResponse(
            responseCode = "200",
            description = "What was done, in the order of the file",
            content = @Content(schema = @Schema(implementation = Views.Applied.class)))
    @APIResponse(
            responseCode = "default",
            description = "Why not",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Views.Applied apply(
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = "application/yaml",
                                            schema = @Schema(implementation = TemplateFile.class)))
                    byte[] body) {
        return new Views.Applied(templates.write(TemplateFile.parse(body).templates()).stream()
                .map(Views.Written::of)
                .toList());
    }
}
