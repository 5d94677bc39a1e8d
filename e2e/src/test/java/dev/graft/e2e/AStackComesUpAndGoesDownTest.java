package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft up} and {@code graft down}, with a home of their own beside the stack that the other tests share. */
class AStackComesUpAndGoesDownTest {
    private static final int OFFSET = 21_000;
    private static final int KAFKA = 9092 + OFFSET;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    @Test
    void upLeavesItRunningAndDownLeavesNothing() throws Exception {
        Command graft = Command.in(home);
        try {
            Command.Ended up = graft.run("up", "--port-offset", String.valueOf(OFFSET), "--json");
            assertThat(up.code()).as(up.err()).isZero();
            List<String> processes = up.json().path("processes").findValuesAsText("name");
            assertThat(up.json().path("processes").findValuesAsText("state")).containsOnly("ready");

            Command.Ended down = graft.run("down", "--json");
            assertThat(down.code()).as(down.err()).isZero();
            assertThat(down.json().path("stopped"))
                    .extracting(name -> name.asText())
                    .containsExactlyInAnyOrderElementsOf(processes);
            assertThat(graft.run("status").out()).contains("nothing runs");
        } finally {
            graft.run("down");
        }
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingIsLeftRunning() throws Exception {
        Command graft = Command.in(home);
        try (ServerSocket _ = new ServerSocket(KAFKA, 1, InetAddress.getLoopbackAddress())) {
            Command.Ended up = graft.run("up", "--port-offset", String.valueOf(OFFSET));
            assertThat(up.code()).isEqualTo(2);
            assertThat(up.err()).contains(String.valueOf(KAFKA)).contains("--port-offset");
        }
        assertThat(graft.run("status").out()).contains("nothing runs");
    }
}
