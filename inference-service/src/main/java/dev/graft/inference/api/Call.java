package dev.graft.inference.api;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.answer.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One HTTP call, served by one virtual thread. The answers that it reads are closed as soon as its connection is, whatever the thread waits for.
 */
final class Call {
    private final RoutingContext routing;
    private final HttpServerResponse response;
    private final List<Answer> answers = new ArrayList<>();
    /** Several prompts of one call may stream from several threads. Not this object's monitor: the event loop takes that one. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile CountDownLatch drained = new CountDownLatch(0);
    private volatile boolean over;

    Call(RoutingContext routing) {
        this.routing = routing;
        response = routing.response();
        routing.addEndHandler(ended -> close());
    }

    /** A part of the path that the route names. */
    String pathParam(String name) {
        return Objects.requireNonNull(routing.pathParam(name));
    }

    JsonBody body() {
        Buffer body = routing.body().buffer();
        return JsonBody.parse(body == null ? new byte[0] : body.getBytes());
    }

    /** Closes this answer when the call is over. */
    synchronized Answer reads(Answer answer) {
        if (over) {
            answer.close();
        } else {
            answers.add(answer);
        }
        return answer;
    }

    void reply(byte[] json) {
        reply(200, json);
    }

    void reply(Json.Body json) {
        reply(200, Json.bytes(json));
    }

    /** Plain text. */
    void reply(String text) {
        reply(200, "text/plain;charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file's bytes. */
    void reply(Path file) {
        if (!response.ended() && !response.closed()) {
            response.putHeader("Content-Type", "application/octet-stream").sendFile(file.toString());
        }
    }

    void fail(Fault fault) {
        ErrorReply error = ErrorReply.of(fault);
        if (error.retryAfterSeconds() > 0 && !response.headWritten()) {
            response.putHeader("Retry-After", Integer.toString(error.retryAfterSeconds()));
        }
        reply(error.status(), error.json());
    }

    /** @param field another field beside the error, with what the sender should know */
    void fail(Fault fault, String field, Json.Body value) {
        ErrorReply error = ErrorReply.of(fault);
        reply(error.status(), error.json(field, value));
    }

    boolean begun() {
        return response.headWritten();
    }

    /** Sends the head of a stream of events, so that the client knows that it was taken; from here on an error is an event. */
    void beginStream() throws InterruptedException {
        write(new byte[0]);
    }

    /** Writes what may be a part of the whole, and waits while the client reads slower than we write. */
    void write(byte[] part) throws InterruptedException {
        writing.lockInterruptibly();
        try {
            writeAlone(part);
        } finally {
            writing.unlock();
        }
    }

    private void writeAlone(byte[] part) throws InterruptedException {
        if (!response.headWritten()) {
            response.putHeader("Content-Type", "text/event-stream;charset=utf-8")
                    .putHeader("Cache-Control", "no-cache")
                    .setChunked(true);
        }
        if (response.closed()) {
            throw new FaultException(Fault.ended("cancelled", "the client went away"));
        }
        response.write(Buffer.buffer(part));
        if (response.writeQueueFull()) {
            awaitDrained();
        }
    }

    void end() {
        if (!response.ended() && !response.closed()) {
            response.end();
        }
    }

    /** What is left of the answers has no reader: cancelled. */
    synchronized void close() {
        over = true;
        answers.forEach(Answer::close);
        drained.countDown();
    }

    private void reply(int status, byte[] json) {
        reply(status, "application/json", json);
    }

    private void reply(int status, String type, byte[] body) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status).putHeader("Content-Type", type).end(Buffer.buffer(body));
    }

    private void awaitDrained() throws InterruptedException {
        var ready = new CountDownLatch(1);
        drained = ready;
        response.drainHandler(empty -> ready.countDown());
        if (response.writeQueueFull() && !over) {
            ready.await();
        }
    }
}
