package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/** Inference-service over HTTP: its public API, as any client uses it. */
public final class InferenceClient {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ServiceHttp http;

    /** @param url such as {@code http://127.0.0.1:8081} */
    public InferenceClient(String url) {
        http = new ServiceHttp("inference-service", url, PATIENCE);
    }

    /** @throws FaultException what the service refused */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return http.get(path);
    }

    /** @throws FaultException what the service refused */
    public JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return http.post(path, body);
    }

    /**
     * Writes what is there to a file.
     *
     * @throws FaultException what the service refused
     */
    public void download(String path, Path to) throws IOException, InterruptedException {
        try (InputStream body = http.open(path, "Accept", "application/octet-stream")) {
            Files.copy(body, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
