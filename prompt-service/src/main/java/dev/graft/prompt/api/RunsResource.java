package dev.graft.prompt.api;

import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.dispatch.Dispatcher;
import dev.graft.prompt.dispatch.Door;
import dev.graft.prompt.dispatch.Run;
import dev.graft.prompt.dispatch.RunLog;
import dev.graft.prompt.dispatch.Runs;
import dev.graft.prompt.template.Rendered;
import dev.graft.prompt.template.Renderer;
import dev.graft.prompt.template.Template;
import dev.graft.prompt.template.TemplateRef;
import dev.graft.prompt.template.Templates;
import io.opentelemetry.context.Scope;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Rendering and running templates. */
@Path("/v1/templates")
@RunOnVirtualThread
@Tag(name = "Runs")
@APIResponse(
        responseCode = "default",
        description = "Why not",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public final class RunsResource {
    private final Templates templates;
    private final Renderer renderer;
    private final TokenCount tokens;
    private final Runs runs;
    private final Dispatcher dispatcher;
    private final Streams streams;
    private final RunLog log;

    RunsResource(
            Templates templates,
            Renderer renderer,
            TokenCount tokens,
            Runs runs,
            Dispatcher dispatcher,
            Streams streams,
            RunLog log) {
        this.templates = templates;
        this.renderer = renderer;
        this.tokens = tokens;
        this.runs = runs;
        this.dispatcher = dispatcher;
        this.streams = streams;
        this.log = log;
    }

    @POST
    @Path("{ref}/render")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Render a template",
            description =
                    "Shows what the model would read, how many tokens that is, and how many of them every call shares.")
    public Views.RenderedView render(
            @Parameter(description = "name, name@version or name@label") @PathParam("ref") String ref,
            @RequestBody(content = @Content(schema = @Schema(implementation = Bodies.Render.class))) byte[] body) {
        Bodies.Render asked = Bodies.Render.read(body);
        Template template = templates.find(TemplateRef.parse(ref));
        Rendered rendered = renderer.render(template.source(), asked.variables());
        Optional<Views.TokenView> counted = asked.tokens().orElse(true)
                ? Optional.of(
                        tokens.of(rendered.prompt(), renderer.renderForAnother(template.source(), asked.variables())))
                : Optional.empty();
        return new Views.RenderedView(template.name(), template.version(), rendered.prompt(), counted);
    }

    @POST
    @Path("{ref}/run")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    @Operation(
            summary = "Run a template",
            description =
                    "Answers with JSON; with the header Accept: text/event-stream or stream: true with server-sent events: any number of 'text' events, then one 'answered' or 'failed' event whose data is the whole result.")
    @APIResponse(
            responseCode = "200",
            description = "The answer",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PromptResult.Answered.class)),
                @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = String.class))
            })
    public Response run(
            @Parameter(description = "name, name@version or name@label") @PathParam("ref") String ref,
            @HeaderParam("Accept") @Nullable String accept,
            @Parameter(hidden = true) @HeaderParam(CallerTrace.HEADER) @Nullable String traceparent,
            @Context HttpServerResponse connection,
            @RequestBody(content = @Content(schema = @Schema(implementation = Bodies.RunBody.class))) byte[] body) {
        Bodies.RunBody asked = Bodies.RunBody.read(body);
        PromptRequest request = asked.request(ref);
        Runs.checkId(request.id());
        CompletableFuture<Void> gone = new CompletableFuture<>();
        connection.closeHandler(closed -> gone.complete(null));
        Optional<PromptResult> given = asked.id().flatMap(id -> log.given(request));
        boolean stream = asked.stream().orElse(accept != null && accept.startsWith(MediaType.SERVER_SENT_EVENTS));
        try (Scope _ = CallerTrace.of(traceparent).makeCurrent()) {
            if (stream) {
                return given.map(streams::of).orElseGet(() -> streams.of(runs.of(request), gone));
            }
            return answer(given.orElseGet(() -> run(runs.of(request), gone)));
        }
    }

    private PromptResult run(Run run, CompletableFuture<Void> gone) {
        PromptResult result = dispatcher.run(run, gone);
        Keeping.inBackground(log.keep(run, Door.HTTP, result), run.id());
        return result;
    }

    static Response answer(PromptResult result) {
        return switch (result) {
            case PromptResult.Answered answered ->
                Response.ok(answered, MediaType.APPLICATION_JSON_TYPE).build();
            case PromptResult.Failed failed -> Problems.response(failed.fault());
        };
    }
}
