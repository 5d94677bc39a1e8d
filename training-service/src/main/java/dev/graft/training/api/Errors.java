package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Each error in OpenAI's shape, with the value that was found and what would be right. */
public class Errors {
    private static final Logger LOG = Logger.getLogger(Errors.class);
    private static final int RETRY_SECONDS = 1;

    @ServerExceptionMapper
    public Response fault(FaultException e) {
        return response(e.fault(), status(e.fault()));
    }

    @ServerExceptionMapper
    public Response http(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        String code = status == 404 ? "unknown_path" : status == 405 ? "method_not_allowed" : "bad_request";
        return response(Fault.input(code, "", "", String.valueOf(e.getMessage())), status);
    }

    @ServerExceptionMapper
    public Response unexpected(Exception e) {
        LOG.error("A call failed", e);
        return response(Fault.internal("unexpected", "the call failed: " + e), 500);
    }

    private static int status(Fault fault) {
        return switch (fault.kind()) {
            case INPUT ->
                switch (fault.code()) {
                    case "job_not_found", "file_not_found", "model_not_found" -> 404;
                    case "job_state" -> 409;
                    case "file_too_large" -> 413;
                    default -> 400;
                };
            case CAPACITY -> 503;
            case ENDED -> 408;
            case INTERNAL -> 500;
        };
    }

    private static Response response(Fault fault, int status) {
        ObjectNode body = Json.object();
        body.set("error", error(fault, status));
        Response.ResponseBuilder response =
                Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
        return fault.kind() == FaultKind.CAPACITY
                ? response.header("Retry-After", RETRY_SECONDS).build()
                : response.build();
    }

    private static ObjectNode error(Fault fault, int status) {
        return Json.object()
                .put("message", fault.message())
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .put("param", fault.field().isEmpty() ? null : fault.field())
                .put("code", fault.code())
                .put("value", fault.value())
                .put("remedy", fault.remedy());
    }
}
