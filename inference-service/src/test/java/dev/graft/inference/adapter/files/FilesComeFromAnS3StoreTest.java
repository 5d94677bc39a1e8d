package dev.graft.inference.adapter.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.SettingsOf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** PyPI's {@code moto}, a server that speaks S3's protocol, in an environment of its own that is made once. */
class FilesComeFromAnS3StoreTest {
    private static final String MOTO = "moto[s3,server]==5.2.5";
    private static final byte[] BODY = "weights ".repeat(200_000).getBytes(UTF_8);

    @TempDir
    static Path folder = Path.of("unset");

    private static int port;

    @SuppressWarnings("NullAway.Init")
    private static Process server;

    @BeforeAll
    static void start() throws Exception {
        Path python = environment();
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        server = new ProcessBuilder(python.resolve("bin/moto_server").toString(), "-H", "127.0.0.1", "-p", "" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("moto.log").toFile())
                .start();
        await().atMost(Duration.ofMinutes(1)).until(FilesComeFromAnS3StoreTest::answers);
        try (S3Client client = client()) {
            client.createBucket(bucket -> bucket.bucket("adapters"));
            client.putObject(put -> put.bucket("adapters").key("reviews/1 +ä.gguf"), RequestBody.fromBytes(BODY));
            client.putObject(put -> put.bucket("adapters").key("other/1.gguf"), RequestBody.fromBytes(BODY));
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.destroy();
        server.waitFor();
    }

    @Test
    void anObjectIsFetchedByItsKey() throws Exception {
        URI source = new URI("s3", "adapters", "/reviews/1 +ä.gguf", null);
        AdapterFiles.Fetched fetched = files(Map.of()).fetch(source, Optional.empty());
        assertThat(fetched.path()).hasBinaryContent(BODY);
        assertThat(fetched.bytes()).isEqualTo(BODY.length);
    }

    @Test
    void whatIsNotThereOrNotAllowedIsRefused() {
        assertCode(files(Map.of()), "s3://adapters/reviews/2.gguf", "source_not_found");
        assertCode(files(Map.of()), "s3://adapters/other/1.gguf", "source_not_allowed");
        assertCode(files(Map.of()), "s3://nobodys/reviews/1.gguf", "source_not_allowed");
    }

    @Test
    void anObjectThatIsTooLargeIsGivenUp() throws Exception {
        URI source = new URI("s3", "adapters", "/reviews/1 +ä.gguf", null);
        AdapterFiles files = files(Map.of("graft.adapters.file-bytes", "1000"));
        assertThatThrownBy(() -> files.fetch(source, Optional.empty())).hasMessageContaining("file_too_large");
    }

    @Test
    void aStoreThatIsAwayMayBeTriedAgain() {
        AdapterFiles files = files(Map.of("graft.adapters.s3.endpoint", "http://127.0.0.1:1"));
        assertCode(files, "s3://adapters/reviews/2.gguf", "source_unavailable");
    }

    private static void assertCode(AdapterFiles files, String source, String code) {
        assertThatThrownBy(() -> files.fetch(URI.create(source), Optional.empty()))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
    }

    private static AdapterFiles files(Map<String, String> settings) {
        var all = new java.util.HashMap<>(Map.of(
                "graft.adapters.sources",
                "s3://adapters/reviews/",
                "graft.adapters.s3.endpoint",
                "http://127.0.0.1:" + port,
                "graft.adapters.s3.access-key",
                "key",
                "graft.adapters.s3.secret-key",
                "secret"));
        all.putAll(settings);
        return new AdapterFiles(
                SettingsOf.home(folder.resolve("home"), all), Executors::newVirtualThreadPerTaskExecutor);
    }

    private static S3Client client() {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    private static boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Path environment() throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"));
        Path environment = home.resolve("cache/python/moto-5.2.5");
        Path complete = environment.resolve("complete");
        if (!Files.exists(complete)) {
            Files.createDirectories(environment.getParent());
            run("python3", "-m", "venv", "--clear", environment.toString());
            run(environment.resolve("bin/pip").toString(), "install", "--quiet", MOTO);
            Files.createFile(complete);
        }
        return environment;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as("%s:%n%s", String.join(" ", command), output)
                .isZero();
    }
}
