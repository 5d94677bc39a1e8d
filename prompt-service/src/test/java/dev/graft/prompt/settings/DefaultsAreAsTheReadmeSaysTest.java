package dev.graft.prompt.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefaultsAreAsTheReadmeSaysTest {
    @Test
    void everySettingInTheTableIsThereWithItsDefault() throws IOException {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withDefaultValue("user.home", "/home/somebody")
                .withMapping(PromptSettings.class)
                .build();
        Map<String, String> table = table();
        assertThat(table).hasSizeGreaterThan(5);

        table.remove("graft.database.url"); // has none: an embedded one is started
        table.forEach((key, value) ->
                assertThat(config.getConfigValue(key).getValue()).as(key).isEqualTo(value));
    }

    /** Key to default, of the rows below prompt-service. Keys that share a row share what stands before their last part. */
    private static Map<String, String> table() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("../README.md"));
        int from = lines.indexOf("| **prompt-service** | | |");
        int to = lines.indexOf("<!-- end of settings -->");
        Map<String, String> defaults = new LinkedHashMap<>();
        for (String line : lines.subList(from + 1, to)) {
            String[] cells = line.split("\\|", -1);
            List<String> keys = list(cells[1].replace("`", ""));
            List<String> values = list(cells[2]);
            String before = keys.getFirst().substring(0, keys.getFirst().lastIndexOf('.') + 1);
            for (int i = 0; i < keys.size(); i++) {
                defaults.put(keys.get(i).replace("…", before), values.get(i));
            }
        }
        return defaults;
    }

    private static List<String> list(String cell) {
        return Arrays.stream(cell.split(",", -1)).map(String::strip).toList();
    }
}
