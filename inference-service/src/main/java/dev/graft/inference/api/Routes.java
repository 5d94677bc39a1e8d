package dev.graft.inference.api;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.settings.InferenceSettings;
import io.opentelemetry.context.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/** Which path is served by what. The event loop only parses HTTP; each call then has a virtual thread of its own. */
@ApplicationScoped
public class Routes {
    private static final Logger LOG = Logger.getLogger(Routes.class);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final int bodyBytes;
    private final Inference inference;
    private final Completions completions;
    private final ClassifyCalls classify;
    private final EmbeddingCalls embeddings;
    private final TextTools textTools;
    private final Models models;
    private final AdapterCalls adapters;
    private final VllmCalls vllm;

    Routes(
            InferenceSettings settings,
            Inference inference,
            Completions completions,
            ClassifyCalls classify,
            EmbeddingCalls embeddings,
            TextTools textTools,
            Models models,
            AdapterCalls adapters,
            VllmCalls vllm) {
        bodyBytes = settings.limits().bodyBytes();
        this.inference = inference;
        this.completions = completions;
        this.classify = classify;
        this.embeddings = embeddings;
        this.textTools = textTools;
        this.models = models;
        this.adapters = adapters;
        this.vllm = vllm;
    }

    void register(@Observes Router router) {
        engine(router, "/v1/chat/completions", completions::chat);
        engine(router, "/v1/completions", completions::text);
        engine(router, "/v1/classify", classify::classify);
        engine(router, "/v1/embeddings", embeddings::embed);
        post(router, "/tokenize", textTools::tokenize);
        post(router, "/detokenize", textTools::detokenize);
        post(router, "/apply-template", textTools::applyTemplate);
        get(router, "/v1/models", models::list);
        get(router, "/v1/models/:model", models::one);
        getAndPost(router, "/v1/adapters", adapters::list, adapters::register);
        get(router, "/v1/adapters/:name", adapters::one);
        get(router, "/v1/adapters/:name/generations/:generation/file", adapters::file);
        post(router, "/v1/adapters/:name/promote", adapters::promote);
        post(router, "/v1/adapters/:name/rollback", adapters::rollback);
        post(router, "/v1/adapters/:name/retire", adapters::retire);
        post(router, "/v1/adapters/:name/label", adapters::label);
        post(router, "/v1/adapters/:name/share", adapters::share);
        post(router, "/v1/load_lora_adapter", vllm::load);
        post(router, "/v1/unload_lora_adapter", vllm::unload);
        router.route("/v1/*").last().handler(Routes::unknown);
    }

    /** What serves a call; a {@link FaultException} becomes the error reply. */
    interface Service {
        void serve(Call call) throws InterruptedException;
    }

    /** What needs the engine is refused on the event loop, its body unread, where the engine would refuse it: an overload must cost little. */
    private void engine(Router router, String path, Service service) {
        router.route(path).method(HttpMethod.POST).handler(this::checkRoom);
        post(router, path, service);
    }

    private void checkRoom(RoutingContext routing) {
        try {
            inference.checkRoom();
        } catch (FaultException e) {
            routing.request().resume(); // without a reader its body is dropped, and the connection serves on
            new Call(routing).fail(e.fault());
            return;
        }
        routing.next();
    }

    private void post(Router router, String path, Service service) {
        acceptPost(router, path, service);
        router.route(path).handler(Routes::wrongMethod);
    }

    private void get(Router router, String path, Service service) {
        acceptGet(router, path, service);
        router.route(path).handler(Routes::wrongMethod);
    }

    private void getAndPost(Router router, String path, Service get, Service post) {
        acceptGet(router, path, get);
        post(router, path, post);
    }

    private void acceptPost(Router router, String path, Service service) {
        Route route = router.route(path).method(HttpMethod.POST);
        route.handler(BodyHandler.create(false).setBodyLimit(bodyBytes))
                .handler(routing -> start(routing, service))
                .failureHandler(this::failed);
    }

    private void acceptGet(Router router, String path, Service service) {
        router.route(path).method(HttpMethod.GET).handler(routing -> start(routing, service));
    }

    private void start(RoutingContext routing, Service service) {
        Context trace = Context.current();
        var call = new Call(routing);
        threads.execute(trace.wrap(() -> serve(call, service)));
    }

    private static void serve(Call call, Service service) {
        try {
            service.serve(call);
        } catch (FaultException e) {
            refuse(call, e.fault());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(call, Fault.capacity("draining", "the service is stopping: try again"));
        } catch (RuntimeException | Error e) {
            LOG.error("a call failed", e);
            refuse(call, Fault.internal("internal_error", "the service's log says why"));
        } finally {
            call.close();
        }
    }

    /** Once a stream has begun, an error is an event of it. */
    private static void refuse(Call call, Fault fault) {
        if (!call.begun()) {
            call.fail(fault);
            return;
        }
        try {
            call.write(Sse.event(ErrorReply.of(fault).json()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (FaultException gone) {
            LOG.debugf("nobody is left to be told: %s", fault.message());
        }
        call.end();
    }

    private void failed(RoutingContext routing) {
        var call = new Call(routing);
        if (routing.statusCode() == 413) {
            call.fail(
                    Fault.input("body_too_large", "", "", "at most " + bodyBytes + " bytes (graft.limits.body-bytes)"));
        } else if (routing.statusCode() >= 400 && routing.statusCode() < 500) {
            call.fail(Fault.input("malformed_request", "", "", "the body could not be read"));
        } else {
            LOG.error("a call failed", routing.failure());
            call.fail(Fault.internal("internal_error", "the service's log says why"));
        }
    }

    private static void wrongMethod(RoutingContext routing) {
        new Call(routing)
                .fail(Fault.input("method_not_allowed", "", routing.request().method(), "see /openapi"));
    }

    private static void unknown(RoutingContext routing) {
        new Call(routing)
                .fail(Fault.input(
                        "unknown_path", "", String.valueOf(routing.request().path()), "see /openapi"));
    }
}
