package dev.graft.prompt.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.dispatch.Answers;
import dev.graft.prompt.dispatch.Dispatcher;
import dev.graft.prompt.dispatch.Door;
import dev.graft.prompt.dispatch.Run;
import dev.graft.prompt.dispatch.RunLog;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Answers as server-sent events: {@code text} events with a piece each, then {@code answered} or {@code failed} with the whole
 * {@link PromptResult}. Tokens take the short way, over HTTP from the inference service; a label that is scored has no pieces, and comes over
 * Kafka as every run does.
 */
@Singleton
final class Streams {
    private static final Logger LOG = Logger.getLogger(Streams.class);

    private final InferenceHttp inference;
    private final Dispatcher dispatcher;
    private final RunLog log;
    private final ObjectMapper json;

    Streams(InferenceHttp inference, Dispatcher dispatcher, RunLog log, ObjectMapper json) {
        this.inference = inference;
        this.dispatcher = dispatcher;
        this.log = log;
        this.json = json;
    }

    /** @param gone completes when the client goes away */
    Response of(Run run, CompletableFuture<Void> gone) {
        if (run.scored()) {
            PromptResult result = dispatcher.run(run, gone);
            Keeping.inBackground(log.keep(run, Door.HTTP, result), run.id());
            return of(result);
        }
        Duration left = Duration.between(Instant.now(), run.deadline());
        StreamedRequest request = StreamedRequest.of(run, left);
        Duration patience = left.plus(Dispatcher.GRACE);
        InputStream stream = inference.open(request.path(), request.body(), patience);
        var _ = gone.copy()
                .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(() -> close(stream));
        return events(out -> relay(run, stream, out));
    }

    /** An answer that is complete already. */
    Response of(PromptResult result) {
        return events(out -> last(result, out));
    }

    private void relay(Run run, InputStream stream, OutputStream out) throws IOException {
        try (stream) {
            StreamedAnswer answer = new StreamedAnswer(stream, json);
            for (Optional<String> more = next(answer); more.isPresent(); more = next(answer)) {
                event("text", json.writeValueAsBytes(Map.of("text", more.get())), out);
            }
            PromptResult result = Answers.of(run, answer.result(run.inferenceId(), run.deadline()));
            if (result instanceof PromptResult.Answered) {
                Keeping.inBackground(log.keep(run, Door.HTTP, result), run.id());
            }
            last(result, out);
        }
    }

    /** A stream that breaks ends the answer, which then says so. */
    private static Optional<String> next(StreamedAnswer answer) {
        try {
            return answer.next();
        } catch (IOException e) {
            LOG.debugf("The stream from inference broke: %s", e.getMessage());
            return Optional.empty();
        }
    }

    private static Response events(StreamingOutput events) {
        return Response.ok(events, MediaType.SERVER_SENT_EVENTS)
                .header("Cache-Control", "no-store")
                .build();
    }

    private static void last(PromptResult result, OutputStream out) throws IOException {
        event(result instanceof PromptResult.Answered ? "answered" : "failed", EventJson.write(result), out);
    }

    private static void event(String name, byte[] data, OutputStream out) throws IOException {
        out.write(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(data);
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.debugf("Closing a stream: %s", e.getMessage());
        }
    }
}
