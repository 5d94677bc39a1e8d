package dev.graft.inference.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.settings.DeclaredSettings;
import dev.graft.testing.settings.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingsAreAsTheReadmesSayTest {
    private static final Map<String, Optional<String>> DECLARED = DeclaredSettings.of("graft", InferenceSettings.class);

    @Test
    void inTheReadmeOfTheService() throws IOException {
        agrees(SettingsTable.of(Files.readAllLines(Path.of("README.md"))));
    }

    @Test
    void inTheReadmeOfAll() throws IOException {
        agrees(SettingsTable.between(Path.of("../README.md"), "<!-- settings -->", "| **prompt-service** | | |"));
    }

    private static void agrees(SettingsTable table) {
        assertThat(table.rows().stream().map(SettingsTable.Row::setting).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(DECLARED.keySet());
        for (SettingsTable.Row row : table.rows()) {
            assertThat(row.value()).as(row.setting()).isNotEmpty();
            DECLARED.getOrDefault(row.setting(), Optional.empty())
                    .ifPresent(
                            value -> assertThat(row.value()).as(row.setting()).isEqualTo(value));
        }
    }
}
