package dev.graft.inference.adapter.files;

import dev.graft.inference.settings.AdapterSettings.S3Settings;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A store that speaks S3's protocol: {@code s3://bucket/key}. */
final class S3Source implements Source {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    private final S3Settings settings;
    private final Consumer<URI> allowed;
    private @org.jspecify.annotations.Nullable S3Client client;

    /** @param allowed throws where a URI may not be fetched */
    S3Source(S3Settings settings, Consumer<URI> allowed) {
        this.settings = settings;
        this.allowed = allowed;
    }

    @Override
    public InputStream open(URI uri) throws IOException {
        allowed.accept(uri);
        String key = uri.getPath().substring(1);
        try {
            return new Aborting(
                    client().getObject(get -> get.bucket(uri.getHost()).key(key)));
        } catch (S3Exception e) {
            throw switch (e.statusCode()) {
                case 404 -> SourceFaults.notFound(uri);
                case 401, 403 -> SourceFaults.forbidden(uri);
                default -> SourceFaults.unavailable(uri, "the store answers " + e.statusCode());
            };
        } catch (SdkException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Made when the first such source comes: it takes a moment to set up. */
    private synchronized S3Client client() {
        S3Client made = client;
        if (made == null) {
            S3ClientBuilder builder = S3Client.builder()
                    .region(Region.of(settings.region()))
                    .credentialsProvider(credentials())
                    .httpClient(UrlConnectionHttpClient.builder()
                            .connectionTimeout(CONNECT_WITHIN)
                            .socketTimeout(READ_WITHIN)
                            .build());
            // A store of one's own seldom has a host name for each bucket.
            settings.endpoint().ifPresent(at -> builder.endpointOverride(at).forcePathStyle(true));
            made = builder.build();
            client = made;
        }
        return made;
    }

    private AwsCredentialsProvider credentials() {
        if (settings.accessKey().isPresent()) {
            return StaticCredentialsProvider.create(AwsBasicCredentials.create(
                    settings.accessKey().get(), settings.secretKey().orElse("")));
        }
        return DefaultCredentialsProvider.builder().build();
    }

    /** Closing it before its end does not read the rest first. */
    private static final class Aborting extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> response;

        Aborting(ResponseInputStream<GetObjectResponse> response) {
            super(response);
            this.response = response;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return in.read(into, from, length);
        }

        @Override
        public void close() {
            response.abort();
        }
    }
}
