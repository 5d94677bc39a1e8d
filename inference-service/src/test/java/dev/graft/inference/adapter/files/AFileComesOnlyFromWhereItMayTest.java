package dev.graft.inference.adapter.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.SettingsOf;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AFileComesOnlyFromWhereItMayTest {
    @TempDir
    Path folder = Path.of("unset");

    @BeforeEach
    void make() throws IOException {
        Files.createDirectories(folder.resolve("shared/below"));
        Files.createDirectories(folder.resolve("other"));
        Files.writeString(folder.resolve("shared/below/a.gguf"), "a");
        Files.writeString(folder.resolve("other/secret.gguf"), "secret");
        Files.writeString(folder.resolve("shared-too.gguf"), "sibling");
    }

    @Test
    void aFileBelowAnAllowedFolderIsRead() throws Exception {
        AdapterFiles files = files(folder.resolve("shared").toString());
        assertThat(files.fetch(uri("shared/below/a.gguf"), Optional.empty()).bytes())
                .isEqualTo(1);
        assertThat(files.fetch(uri("shared/./below/../below/a.gguf"), Optional.empty())
                        .bytes())
                .isEqualTo(1);
    }

    @Test
    void noOtherFileIsReadWhicheverWayItsPathIsWritten() throws Exception {
        AdapterFiles files = files(folder.resolve("shared").toString());
        Files.createSymbolicLink(folder.resolve("shared/link.gguf"), folder.resolve("other/secret.gguf"));
        Files.createSymbolicLink(folder.resolve("shared/linked"), folder.resolve("other"));
        for (URI source : List.of(
                uri("other/secret.gguf"),
                uri("shared/../other/secret.gguf"),
                URI.create("file:" + folder + "/shared/%2e%2e/other/secret.gguf"),
                uri("shared/link.gguf"),
                uri("shared/linked/secret.gguf"),
                uri("shared-too.gguf"),
                URI.create("file:///etc/passwd"),
                URI.create("file://host/etc/passwd"),
                URI.create("file:relative"),
                URI.create("file:///"))) {
            assertThat(codeOf(files, source)).as("%s", source).isEqualTo("source_not_allowed");
        }
    }

    @Test
    void whetherAForeignFileIsThereIsNotTold() {
        AdapterFiles files = files(folder.resolve("shared").toString());
        assertThat(codeOf(files, uri("other/nothing.gguf"))).isEqualTo("source_not_allowed");
        assertThat(codeOf(files, uri("shared/nothing.gguf"))).isEqualTo("source_not_found");
        assertThat(codeOf(files, uri("shared/below"))).isEqualTo("source_not_found");
    }

    @Test
    void anAllowedFolderMayBeALinkItself() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("mounted"), folder.resolve("shared"));
        AdapterFiles files = files(link.toString());
        assertThat(files.fetch(uri("mounted/below/a.gguf"), Optional.empty()).bytes())
                .isEqualTo(1);
        assertThat(files.fetch(uri("shared/below/a.gguf"), Optional.empty()).bytes())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://models.example.com/adapters/a.gguf",
                "HTTPS://Models.Example.com:443/adapters/deep/a.gguf?signature=x",
                "s3://bucket/team/a.gguf"
            })
    void whatIsBelowAnAllowedBeginningMayBeFetched(String source) throws IOException {
        new AllowedSources(List.of("https://models.example.com/adapters", "s3://bucket/team/"))
                .require(URI.create(source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://models.example.com/adapters/a.gguf",
                "https://models.example.com:8443/adapters/a.gguf",
                "https://models.example.com.evil.org/adapters/a.gguf",
                "https://models.example.com@evil.org/adapters/a.gguf",
                "https://user:word@models.example.com/adapters/a.gguf",
                "https://models.example.com/adapters-too/a.gguf",
                "https://models.example.com/adapters/../admin",
                "https://models.example.com/adapters/%2e%2e/admin",
                "https://models.example.com/adapters/..%2fadmin",
                "https://models.example.com/adapters/..%5cadmin",
                "https://models.example.com/adapters/",
                "https:models.example.com/adapters/a.gguf",
                "https://169.254.169.254/adapters/a.gguf",
                "s3://bucket/other/a.gguf",
                "s3://bucket-too/team/a.gguf",
                "ftp://models.example.com/adapters/a.gguf",
                "jar:file:/etc/passwd"
            })
    void whatIsNotMayNot(String source) {
        var allowed = new AllowedSources(List.of("https://models.example.com/adapters", "s3://bucket/team/"));
        assertThatThrownBy(() -> allowed.require(URI.create(source)))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo("source_not_allowed"));
    }

    @Test
    void aRedirectIsFollowedWithinTheAllowedPlacesOnly() throws Exception {
        try (var server = new WebServer();
                var inside = new WebServer()) {
            inside.gives("/metadata/a.gguf", "secret".getBytes(UTF_8));
            server.gives("/adapters/a.gguf", "a".getBytes(UTF_8));
            server.gives("/admin", "secret".getBytes(UTF_8));
            server.redirects("/adapters/moved.gguf", "/adapters/a.gguf");
            server.redirects("/adapters/out.gguf", "/admin");
            server.redirects(
                    "/adapters/away.gguf", inside.at("/metadata/a.gguf").toString());
            server.redirects("/adapters/local.gguf", "file:///etc/passwd");
            server.redirects("/adapters/loop.gguf", "/adapters/loop.gguf");
            AdapterFiles files = files(server.at("/adapters/").toString());

            assertThat(files.fetch(server.at("/adapters/moved.gguf"), Optional.empty())
                            .bytes())
                    .isEqualTo(1);
            for (String path : List.of("out", "away", "local", "loop")) {
                assertThat(codeOf(files, server.at("/adapters/" + path + ".gguf")))
                        .as(path)
                        .isEqualTo("source_not_allowed");
            }
            assertThat(inside.served()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative/folder", "https:///a/", "ftp://host/", "https://host/a/?b", "s3:bucket"})
    void aSettingThatNamesNoPlaceStopsTheService(String place) {
        assertThatThrownBy(() -> new AllowedSources(List.of(place)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(place);
    }

    private AdapterFiles files(String allowed) {
        return new AdapterFiles(
                SettingsOf.home(folder.resolve("home"), Map.of("graft.adapters.sources", allowed)),
                Executors::newVirtualThreadPerTaskExecutor);
    }

    private URI uri(String path) {
        return URI.create("file://" + folder + "/" + path);
    }

    private static String codeOf(AdapterFiles files, URI source) {
        try {
            var _ = files.fetch(source, Optional.empty());
            return "fetched";
        } catch (FaultException e) {
            return e.fault().code();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
