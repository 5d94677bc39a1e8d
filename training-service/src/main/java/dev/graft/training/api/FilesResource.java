package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.DataFile;
import dev.graft.training.dataset.DataFiles;
import dev.graft.training.job.JobDesk;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jspecify.annotations.Nullable;

/** Files of examples: OpenAI's files API. */
@Path("/v1/files")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class FilesResource {
    private static final String PURPOSE = "fine-tune";
    private static final byte[] NOTHING_MORE = {'{', '}'};

    private final DataFiles files;
    private final JobDesk desk;

    FilesResource(DataFiles files, JobDesk desk) {
        this.files = files;
        this.desk = desk;
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public ObjectNode upload(@RestForm("file") @Nullable FileUpload file, @RestForm("purpose") @Nullable String purpose)
            throws IOException {
        if (file == null) {
            throw new FaultException(Fault.input(
                    "missing_required_parameter", "file", "", "is required: a part of the form with a file's name"));
        }
        String meant = Optional.ofNullable(purpose).orElse(PURPOSE);
        if (!meant.equals(PURPOSE)) {
            throw new FaultException(Fault.input("invalid_value", "purpose", meant, "must be " + PURPOSE));
        }
        try (InputStream in = Files.newInputStream(file.uploadedFile())) {
            return view(files.keep(in, file.fileName(), meant));
        }
    }

    @GET
    public ObjectNode list(@RestQuery @DefaultValue("") String after, @RestQuery @DefaultValue("10000") int limit)
            throws IOException {
        return Json.page(files.all(), after, limit, DataFile::id, FilesResource::view);
    }

    @GET
    @Path("/{id}")
    public ObjectNode find(@RestPath String id) throws IOException {
        return view(found(id));
    }

    @GET
    @Path("/{id}/content")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public java.nio.file.Path content(@RestPath String id) throws IOException {
        return files.content(found(id));
    }

    /** What a job on it would be told of its data, without a job: errors are in it, and refuse nothing. */
    @POST
    @Path("/{id}/report")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(ref = "#/components/schemas/AskAboutData")))
    public byte[] report(@RestPath String id, byte[] body) throws IOException {
        JobFields.DataCheck asked = JobFields.check(found(id).id(), Fields.of(body.length == 0 ? NOTHING_MORE : body));
        return EventJson.write(desk.report(asked.data(), asked.seed()));
    }

    @DELETE
    @Path("/{id}")
    public ObjectNode delete(@RestPath String id) throws IOException {
        files.delete(found(id));
        return Json.object().put("id", id).put("object", "file").put("deleted", true);
    }

    private DataFile found(String id) throws IOException {
        return files.find(id)
                .orElseThrow(() ->
                        new FaultException(Fault.input("file_not_found", "file_id", id, "there is no such file")));
    }

    private static ObjectNode view(DataFile file) {
        return Json.object()
                .put("id", file.id())
                .put("object", "file")
                .put("bytes", file.bytes())
                .put("created_at", file.createdAt().getEpochSecond())
                .put("filename", file.name())
                .put("purpose", file.purpose())
                .put("status", "processed");
    }
}
