package dev.graft.prompt.api;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.prompt.settings.Database.DatabaseException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Errors as {@link Problem}s. */
public final class Problems {
    private static final Logger LOG = Logger.getLogger(Problems.class);
    private static final int RETRY_SECONDS = 1;

    @ServerExceptionMapper
    public Response fault(FaultException e) {
        return response(e.fault());
    }

    @ServerExceptionMapper
    public Response database(DatabaseException e) {
        LOG.error("The database failed", e);
        return response(
                Fault.capacity("database_unavailable", "the database can't be used at the moment: try again later"));
    }

    static Response response(Fault fault) {
        Problem problem = Problem.of(fault);
        if (problem.status() >= 500 && fault.kind() == FaultKind.INTERNAL) {
            LOG.errorf("%s", fault.message());
        }
        Response.ResponseBuilder response =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        return fault.kind() == FaultKind.CAPACITY
                ? response.header("Retry-After", RETRY_SECONDS).build()
                : response.build();
    }
}
