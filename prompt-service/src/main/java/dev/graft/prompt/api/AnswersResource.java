package dev.graft.prompt.api;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.dispatch.RunLog;
import dev.graft.prompt.dispatch.Runs;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Answers that were given, through either door. */
@Path("/v1/runs")
@RunOnVirtualThread
@Tag(name = "Runs")
public final class AnswersResource {
    private final RunLog log;

    AnswersResource(RunLog log) {
        this.log = log;
    }

    @GET
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Read an answer that was given")
    @APIResponse(
            responseCode = "200",
            description = "The answer",
            content = @Content(schema = @Schema(implementation = PromptResult.Answered.class)))
    @APIResponse(
            responseCode = "default",
            description = "Why not",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Response given(@PathParam("id") String id) {
        Runs.checkId(id);
        return RunsResource.answer(log.given(id)
                .orElseThrow(() -> new FaultException(Fault.input(
                        "run_not_found",
                        "id",
                        id,
                        "no run with this id was answered, or its answer is no longer kept"))));
    }
}
