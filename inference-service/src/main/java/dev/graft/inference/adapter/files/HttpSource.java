package dev.graft.inference.adapter.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Consumer;

/** A web server. Redirects are followed one by one, each only where it leads to an allowed place. */
final class HttpSource implements Source {
    private static final int MOST_REDIRECTS = 5;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration HEAD_WITHIN = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT_WITHIN)
            .followRedirects(Redirect.NEVER)
            .build();
    private final Consumer<URI> allowed;

    /** @param allowed throws where a URI may not be fetched */
    HttpSource(Consumer<URI> allowed) {
        this.allowed = allowed;
    }

    @Override
    public InputStream open(URI uri) throws IOException, InterruptedException {
        URI at = uri;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            allowed.accept(at);
            HttpRequest request =
                    HttpRequest.newBuilder(at).timeout(HEAD_WITHIN).GET().build();
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return response.body();
            }
            response.body().close();
            at = next(at, response);
        }
        throw SourceFaults.notAllowed(uri, "leads on more than " + MOST_REDIRECTS + " times");
    }

    /** Where a redirect leads. */
    private static URI next(URI at, HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> {
                String location = response.headers()
                        .firstValue("Location")
                        .orElseThrow(() -> SourceFaults.unavailable(at, "it redirects to nowhere"));
                try {
                    yield at.resolve(location);
                } catch (IllegalArgumentException e) {
                    throw SourceFaults.unavailable(at, "it redirects to what is no URI");
                }
            }
            case 401, 403 -> throw SourceFaults.forbidden(at);
            case 404, 410 -> throw SourceFaults.notFound(at);
            default -> throw SourceFaults.unavailable(at, "it answers " + response.statusCode());
        };
    }
}
