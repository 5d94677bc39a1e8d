package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilesLieWhereTheEnvironmentSaysTest {
    private static final Path USER = Path.of(System.getProperty("user.home"));

    @Test
    void belowTheUsersFolderWhereNothingIsSaid() {
        GraftHome home = GraftHome.of("", Map.of("GRAFT_HOME", " "));
        assertThat(home.folder()).isEqualTo(USER.resolve(".graft"));
        assertThat(home.adapters()).isEqualTo(USER.resolve(".graft/adapters"));
    }

    @Test
    void thePropertyGoesBeforeTheVariable() {
        Map<String, String> environment = Map.of("GRAFT_HOME", "/variable");
        assertThat(GraftHome.of("", environment).adapters()).isEqualTo(Path.of("/variable/adapters"));
        assertThat(GraftHome.of("/property", environment).adapters()).isEqualTo(Path.of("/property/adapters"));
    }

    @Test
    void adaptersLieWhereTheServicesAreToldToo() {
        GraftHome home = GraftHome.of("/home", Map.of("GRAFT_ADAPTERS_FOLDER", "/shared/../adapters"));
        assertThat(home.adapters()).isEqualTo(Path.of("/adapters"));
        assertThat(home.models()).isEqualTo(Path.of("/home/models"));
    }
}
