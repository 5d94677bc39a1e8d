package dev.graft.inference.adapter.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.inference.adapter.Entries;
import dev.graft.inference.adapter.MadeAdapter;
import dev.graft.inference.adapter.SettingsOf;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AFileIsHereWholeOrNotAtAllTest {
    private static final byte[] BODY = "weights ".repeat(100_000).getBytes(UTF_8);
    private static final byte[] OTHER = "nothing ".repeat(100_000).getBytes(UTF_8);

    @TempDir
    Path home = Path.of("unset");

    @SuppressWarnings("NullAway.Init")
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WebServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void itIsKeptUnderItsHashAndFetchedOnce() throws Exception {
        server.gives("/a.gguf", BODY);
        Path file = files(Map.of()).get(generation(BODY, "/a.gguf"));
        assertThat(file).hasBinaryContent(BODY).isEqualTo(home.resolve("adapters/" + hash(BODY) + ".gguf"));
        assertThat(files(Map.of()).get(generation(BODY, "/a.gguf"))).isEqualTo(file);
        assertThat(server.served()).isEqualTo(1);
    }

    @Test
    void manyWhoAskAtOnceWaitForOneFetch() throws Exception {
        var go = new CountDownLatch(1);
        server.answers("/slow.gguf", exchange -> {
            go.await();
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
        });
        AdapterFiles files = files(Map.of());
        List<Future<Path>> asked = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                asked.add(threads.submit(() -> files.get(generation(BODY, "/slow.gguf"))));
            }
            go.countDown();
            for (Future<Path> path : asked) {
                assertThat(path.get()).hasBinaryContent(BODY);
            }
        }
        assertThat(server.served()).isEqualTo(1);
    }

    @Test
    void whoWaitsForOneThatIsInterruptedFetchesItself() throws Exception {
        var never = new CountDownLatch(1);
        server.answers("/a.gguf", exchange -> {
            if (server.served() == 1) {
                never.await();
            }
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
        });
        AdapterFiles files = files(Map.of());
        AdapterGeneration generation = generation(BODY, "/a.gguf");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> first = threads.submit(() -> {
                try {
                    return files.get(generation) == null;
                } catch (InterruptedException e) {
                    return true;
                }
            });
            org.awaitility.Awaitility.await().until(() -> server.served() == 1);
            var asked = new java.util.concurrent.ConcurrentLinkedQueue<Thread>();
            List<Future<Path>> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(threads.submit(() -> {
                    asked.add(Thread.currentThread());
                    return files.get(generation);
                }));
            }
            org.awaitility.Awaitility.await()
                    .until(() -> asked.size() == 5
                            && asked.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
            first.cancel(true);
            for (Future<Path> other : others) {
                assertThat(other.get()).hasBinaryContent(BODY);
            }
        }
        assertThat(server.served()).isEqualTo(2);
    }

    @Test
    void otherBytesThanPromisedAreRefusedAndLeaveNothing() {
        server.gives("/a.gguf", OTHER);
        assertThat(fault(files(Map.of()), generation(BODY, "/a.gguf"))).isEqualTo("sha256_mismatch");
        assertNothingIsLeft();
    }

    @Test
    void aFileThatBecomesTooLargeIsGivenUpOnTheWay() {
        server.answers("/endless.gguf", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(BODY); // until the reader goes away
            }
        });
        assertThat(fault(files(Map.of("graft.adapters.file-bytes", "2000000")), generation(BODY, "/endless.gguf")))
                .isEqualTo("file_too_large");
        assertNothingIsLeft();
    }

    @Test
    void aConnectionThatBreaksLeavesNothingAndMayBeTriedAgain() throws Exception {
        server.answers("/broken.gguf", exchange -> {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY, 0, BODY.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("the line is cut");
        });
        AdapterFiles files = files(Map.of());
        assertThatThrownBy(() -> files.get(generation(BODY, "/broken.gguf")))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(FaultKind.CAPACITY));
        assertNothingIsLeft();
        server.gives("/whole.gguf", BODY);
        assertThat(files.get(generation(BODY, "/whole.gguf"))).hasBinaryContent(BODY);
    }

    @Test
    void aServerThatFallsSilentIsGivenUp() {
        var never = new CountDownLatch(1);
        server.answers("/silent.gguf", exchange -> {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY, 0, 10);
            exchange.getResponseBody().flush();
            never.await();
        });
        server.answers("/mute.gguf", exchange -> never.await());
        AdapterFiles files = files(Map.of("graft.adapters.fetch-timeout", "1S"));
        assertThat(fault(files, generation(BODY, "/silent.gguf"))).isEqualTo("source_slow");
        assertThat(fault(files, generation(OTHER, "/mute.gguf"))).isEqualTo("source_slow");
        org.awaitility.Awaitility.await().untilAsserted(this::assertNothingIsLeft);
    }

    /** More of them than files are fetched at once from one place. */
    @Test
    void aPlaceThatIsSilentKeepsNobodyFromTheOthers() throws Exception {
        var never = new CountDownLatch(1);
        server.answers("/mute.gguf", exchange -> never.await());
        Path shared = Files.createDirectory(home.resolve("shared"));
        MadeAdapter made = MadeAdapter.in(shared, 4, 1);
        AdapterFiles files = files(Map.of("graft.adapters.sources", server.at("/") + "," + shared));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                AdapterGeneration silent = generation(("silent " + i).getBytes(UTF_8), "/mute.gguf");
                waiting.add(threads.submit(() -> files.get(silent)));
            }
            org.awaitility.Awaitility.await().until(() -> server.served() == 4);
            assertThat(files.fetch(made.file().toUri(), Optional.of(made.sha256()))
                            .path())
                    .hasSameBinaryContentAs(made.file());
            assertThat(waiting).noneMatch(Future::isDone);
            waiting.forEach(one -> one.cancel(true));
        }
    }

    /** More often than files are fetched at once: what fails gives its turn back. */
    @Test
    void aFolderThatCanNotBeWrittenIsTriedAgain() throws Exception {
        server.gives("/a.gguf", BODY);
        Path inTheWay = Files.createFile(home.resolve("adapters"));
        AdapterFiles files = files(Map.of("graft.adapters.fetch-timeout", "10S"));
        for (int i = 0; i < 6; i++) {
            assertThat(fault(files, generation(BODY, "/a.gguf"))).isEqualTo("source_unavailable");
        }
        Files.delete(inTheWay);
        assertThat(files.get(generation(BODY, "/a.gguf"))).hasBinaryContent(BODY);
    }

    @Test
    void whoIsNotThereOrSaysNoIsToldApart() {
        server.answers("/secret.gguf", exchange -> exchange.sendResponseHeaders(403, -1));
        server.answers("/ill.gguf", exchange -> exchange.sendResponseHeaders(500, -1));
        AdapterFiles files = files(Map.of());
        assertThat(fault(files, generation(BODY, "/nothing.gguf"))).isEqualTo("source_not_found");
        assertThat(fault(files, generation(BODY, "/secret.gguf"))).isEqualTo("source_forbidden");
        assertThat(fault(files, generation(BODY, "/ill.gguf"))).isEqualTo("source_unavailable");
        server.close();
        assertThat(fault(files, generation(BODY, "/a.gguf"))).isEqualTo("source_unavailable");
    }

    @Test
    void aDamagedFileIsFetchedAgain() throws Exception {
        server.gives("/a.gguf", BODY);
        Path file = files(Map.of()).get(generation(BODY, "/a.gguf"));
        Files.write(file, OTHER);
        assertThat(files(Map.of()).get(generation(BODY, "/a.gguf"))).hasBinaryContent(BODY);
        assertThat(server.served()).isEqualTo(2);
    }

    @Test
    void aFileThatIsChangedAfterItWasCheckedIsFetchedAgain() throws Exception {
        server.gives("/a.gguf", BODY);
        AdapterFiles files = files(Map.of());
        Path file = files.get(generation(BODY, "/a.gguf"));
        assertThat(files.get(generation(BODY, "/a.gguf"))).isEqualTo(file);
        Files.write(file, "more".getBytes(UTF_8), StandardOpenOption.APPEND);
        assertThat(files.get(generation(BODY, "/a.gguf"))).hasBinaryContent(BODY);
        assertThat(server.served()).isEqualTo(2);
    }

    @Test
    void whoRegistersAFileHasItReadFromItsSource() throws Exception {
        server.gives("/a.gguf", BODY);
        AdapterFiles files = files(Map.of());
        AdapterFiles.Fetched fetched = files.fetch(server.at("/a.gguf"), Optional.empty());
        assertThat(fetched.sha256()).isEqualTo(hash(BODY));
        assertThat(fetched.bytes()).isEqualTo(BODY.length);
        assertThatThrownBy(() -> files.fetch(server.at("/gone.gguf"), Optional.of(hash(BODY))))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("source_not_found");
    }

    private AdapterFiles files(Map<String, String> settings) {
        var all = new java.util.HashMap<>(settings);
        all.putIfAbsent("graft.adapters.sources", server.at("/").toString());
        return new AdapterFiles(SettingsOf.home(home, all), Executors::newVirtualThreadPerTaskExecutor);
    }

    private AdapterGeneration generation(byte[] body, String path) {
        URI source = server.at(path);
        return Entries.after("a", Entries.register("b".repeat(64), hash(body), source, true))
                .newest();
    }

    private static String fault(AdapterFiles files, AdapterGeneration generation) {
        try {
            var _ = files.get(generation);
            return "fetched";
        } catch (FaultException e) {
            return e.fault().code();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertNothingIsLeft() {
        assertThat(home.resolve("adapters")).isEmptyDirectory();
    }

    private static String hash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
