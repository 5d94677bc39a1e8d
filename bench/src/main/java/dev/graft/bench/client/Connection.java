package dev.graft.bench.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** A connection that is kept for many calls, one at a time, whose responses say how long they are. */
public final class Connection implements AutoCloseable {
    private final Http http;
    private final Socket socket;
    private final InputStream in;

    private Connection(Http http, Socket socket) throws IOException {
        this.http = http;
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    public static Connection open(Http http) throws IOException {
        return new Connection(http, http.connect());
    }

    public Http.Response post(String path, String json) throws IOException {
        socket.getOutputStream().write(http.request("POST", path, json, "keep-alive"));
        Body body = new Body(in);
        return new Http.Response(body.status(), body.text());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
