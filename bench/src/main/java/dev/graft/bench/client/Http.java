package dev.graft.bench.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * HTTP/1.1 to a server on this machine, a connection a request: llama-server closes an idle connection after five seconds and any after a
 * hundred requests, so keeping them would measure that. Blocking reads on the caller's own thread are the cheapest wake-up there is.
 */
public record Http(int port) {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** A response that is read whole. */
    public record Response(int status, String body) {}

    public Response get(String path) throws IOException {
        try (Socket socket = send("GET", path, "")) {
            Body body = new Body(new BufferedInputStream(socket.getInputStream()));
            return new Response(body.status(), body.text());
        }
    }

    public Response post(String path, String json) throws IOException {
        try (Socket socket = send("POST", path, json)) {
            Body body = new Body(new BufferedInputStream(socket.getInputStream()));
            return new Response(body.status(), body.text());
        }
    }

    /** A streamed completion, to its end. */
    public Streamed stream(String path, String json) throws IOException {
        return streamUntil(path, json, System.nanoTime() + LONGEST.toNanos());
    }

    /** A streamed completion, broken off at {@code deadlineNanos} (of {@link System#nanoTime()}): then its counts are -1. */
    public Streamed streamUntil(String path, String json, long deadlineNanos) throws IOException {
        EventReader events = new EventReader();
        long sent = System.nanoTime();
        try (Socket socket = send("POST", path, json)) {
            socket.setSoTimeout(millisLeft(deadlineNanos));
            Body body = new Body(new BufferedInputStream(socket.getInputStream(), 16384));
            if (body.status() != 200) {
                throw new IllegalStateException("HTTP " + body.status() + ": " + body.text());
            }
            byte[] buffer = new byte[16384];
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                long now = System.nanoTime();
                events.accept(buffer, 0, count, now);
                socket.setSoTimeout(millisLeft(deadlineNanos));
            }
        } catch (SocketTimeoutException e) {
            return events.result(sent);
        }
        Streamed answer = events.result(sent);
        if (!answer.complete()) {
            throw new IllegalStateException("the stream ended without usage: " + answer);
        }
        return answer;
    }

    private static int millisLeft(long deadlineNanos) throws SocketTimeoutException {
        long millis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private Socket send(String method, String path, String json) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(request(method, path, json, "close"));
        return socket;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    byte[] request(String method, String path, String json, String connection) {
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        String head =
                method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: " + connection + "\r\n"
                        + (json.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + bytes + "\r\n")
                        + "\r\n";
        return (head + json).getBytes(StandardCharsets.UTF_8);
    }
}
