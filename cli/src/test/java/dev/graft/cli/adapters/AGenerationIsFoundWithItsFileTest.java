package dev.graft.cli.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.contracts.AdapterSelector;
import dev.graft.contracts.FaultException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AGenerationIsFoundWithItsFileTest {
    /** SHA-256 of "abc", as in FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final String ADAPTER = """
            {"name": "reviews", "live": LIVE, "labels": {"stable": 1},
             "generations": [
              {"generation": 1, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "base_sha256": "b",
               "source": "s3://adapters/1.gguf"},
              {"generation": 3, "sha256": "cc", "base_sha256": "b", "source": "file:///nowhere/3.gguf"}]}""";

    @TempDir
    Path folder = Path.of("unset");

    private static KeptGeneration find(String selector, String live) throws Exception {
        JsonNode adapter = Json.read(ADAPTER.replace("LIVE", live));
        return KeptGeneration.of(adapter, AdapterSelector.parse("NAME", selector));
    }

    @Test
    void byItsNumberItsLabelOrBecauseItIsLive() throws Exception {
        assertThat(find("reviews", "3").generation()).isEqualTo(3);
        assertThat(find("reviews@1", "3").generation()).isEqualTo(1);
        assertThat(find("reviews@stable", "3").sha256()).isEqualTo(ABC);
    }

    @Test
    void whatIsNotThereIsRefusedByName() {
        for (String selector : new String[] {"reviews", "reviews@2", "reviews@next"}) {
            assertThatThrownBy(() -> find(selector, "null"))
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("generation_not_found")
                    .hasMessageContaining("NAME = " + selector);
        }
    }

    @Test
    void itsFileIsTakenOnlyWhereItsBytesAreThose() throws Exception {
        KeptGeneration generation = find("reviews@1", "3");
        Path file = Files.writeString(folder.resolve(ABC + ".gguf"), "abc");
        assertThat(generation.file(folder, (_, _) -> Files.writeString(file, "asked for nothing")))
                .isEqualTo(file)
                .hasContent("abc");
    }

    @Test
    void aFileThatIsNotHereOrDamagedComesFromTheService() throws Exception {
        KeptGeneration generation = find("reviews@1", "3");
        Path file = Files.writeString(folder.resolve(ABC + ".gguf"), "abd");
        assertThatThrownBy(() -> generation.file(folder, (_, to) -> Files.writeString(to, "abe")))
                .hasMessageContaining("file_damaged");
        assertThat(folder).as("what came is not kept").isDirectoryNotContaining("glob:**.part");
        assertThat(generation.file(
                        folder, (wanted, to) -> Files.writeString(to, wanted.generation() == 1 ? "abc" : "")))
                .isEqualTo(file)
                .hasContent("abc");
    }

    @Test
    void aBaseThatIsNoModelIsRefused() throws Exception {
        assertThatThrownBy(() -> BaseFile.find(Optional.empty(), folder, "small"))
                .hasMessageContaining("no_base_model")
                .hasMessageContaining(folder.resolve("small.gguf").toString());
        Path text = Files.writeString(folder.resolve("text.gguf"), "no model");
        assertThatThrownBy(() -> BaseFile.find(Optional.of(text), folder, "small"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("not_a_llama_model");
    }
}
