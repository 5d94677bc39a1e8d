package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.training.job.BaseModel;
import dev.graft.training.job.Job;
import dev.graft.training.job.JobBook;
import dev.graft.training.job.JobDesk;
import dev.graft.training.job.JobFolders;
import dev.graft.training.job.RecordedEvent;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterStyle;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Jobs: OpenAI's fine-tuning API. Any instance answers for any job. */
@Path("/v1/fine_tuning/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class JobsResource {
    private final JobDesk desk;
    private final JobBook book;
    private final BaseModel base;
    private final JobFolders folders;
    private final EventStream stream;

    JobsResource(JobDesk desk, JobBook book, BaseModel base, JobFolders folders, EventStream stream) {
        this.desk = desk;
        this.book = book;
        this.base = base;
        this.folders = folders;
        this.stream = stream;
    }

    @POST
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(ref = "#/components/schemas/CreateJob")))
    public ObjectNode create(byte[] body) throws IOException, InterruptedException {
        return view(desk.open(JobFields.request(Fields.of(body))));
    }

    /** The newest first; those alone that have this metadata. */
    @GET
    @Parameter(
            name = "metadata",
            in = ParameterIn.QUERY,
            style = ParameterStyle.DEEPOBJECT,
            schema = @Schema(type = SchemaType.OBJECT),
            description = "metadata[key]=value, or metadata=null for jobs without any")
    public ObjectNode list(
            @RestQuery @DefaultValue("") String after, @RestQuery @DefaultValue("20") int limit, @Context UriInfo uri) {
        MetadataFilter filter = MetadataFilter.of(uri.getQueryParameters());
        List<Job> shown = book.all().stream().filter(filter::shows).toList();
        return Json.page(shown, after, limit, Job::id, this::view);
    }

    @GET
    @Path("/{id}")
    public ObjectNode find(@RestPath String id) {
        return view(desk.find(id));
    }

    @POST
    @Path("/{id}/cancel")
    public ObjectNode cancel(@RestPath String id) throws InterruptedException {
        return view(desk.cancel(id));
    }

    @POST
    @Path("/{id}/pause")
    public ObjectNode pause(@RestPath String id) throws InterruptedException {
        return view(desk.pause(id));
    }

    @POST
    @Path("/{id}/resume")
    public ObjectNode resume(@RestPath String id) throws InterruptedException {
        return view(desk.resume(id));
    }

    /** The newest first; as a stream the oldest first, up to the job's end. */
    @GET
    @Path("/{id}/events")
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    public Response events(
            @RestPath String id,
            @RestQuery @DefaultValue("") String after,
            @RestQuery @DefaultValue("20") int limit,
            @RestQuery @DefaultValue("false") boolean stream,
            @HeaderParam("Accept") @DefaultValue("") String accept,
            @HeaderParam("Last-Event-ID") @DefaultValue("") String last) {
        desk.find(id);
        if (stream || accept.startsWith(MediaType.SERVER_SENT_EVENTS)) {
            return this.stream.of(id, EventView.position(last.isEmpty() ? after : last));
        }
        List<RecordedEvent> newestFirst = EventView.newestFirst(book.events(id, -1), after);
        return Response.ok(Json.page(newestFirst, "", limit, EventView::id, EventView::of), MediaType.APPLICATION_JSON)
                .build();
    }

    @GET
    @Path("/{id}/checkpoints")
    public ObjectNode checkpoints(
            @RestPath String id, @RestQuery @DefaultValue("") String after, @RestQuery @DefaultValue("10") int limit) {
        Job job = desk.find(id);
        List<RecordedEvent> events = book.events(id, -1);
        return Json.page(
                CheckpointView.among(events),
                after,
                limit,
                CheckpointView::id,
                checkpoint -> CheckpointView.of(checkpoint, job, events));
    }

    /** What is known of the job's data: counts, labels, lengths, what is odd and where. */
    @GET
    @Path("/{id}/dataset")
    public byte[] dataset(@RestPath String id) throws IOException {
        java.nio.file.Path report = folders.report(desk.find(id).id());
        if (!Files.exists(report)) {
            throw new NotFoundException("its data was not read yet");
        }
        return Files.readAllBytes(report);
    }

    private ObjectNode view(Job job) {
        return JobView.of(job, base.name());
    }
}
