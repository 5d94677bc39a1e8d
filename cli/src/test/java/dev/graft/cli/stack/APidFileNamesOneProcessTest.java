package dev.graft.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class APidFileNamesOneProcessTest {
    private static final int PORT = 4711;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whatRunsIsFoundAndWhatHasEndedIsNot() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        Path file = PidFile.at(folder, "sleep");
        PidFile.write(file, sleep.toHandle(), PORT);
        PidFile read = PidFile.read(file).orElseThrow();
        assertThat(read.port()).isEqualTo(PORT);
        assertThat(read.alive()).contains(sleep.toHandle());
        sleep.destroyForcibly().waitFor();
        assertThat(read.alive()).isEmpty();
    }

    @Test
    void aStrangerThatWasGivenThePidIsNotTakenForIt() throws Exception {
        Path file = PidFile.at(folder, "stranger");
        PidFile.write(file, ProcessHandle.current(), PORT);
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(2, String.valueOf(Long.parseLong(lines.get(2)) + 1));
        Files.write(file, lines);
        assertThat(PidFile.read(file).orElseThrow().alive()).isEmpty();
    }

    /** Counted from the boot: a time of day moves when the clock is set, and two JVMs differ about it. */
    @Test
    void theStartIsTheOneThatLinuxKeepsWhateverTheClockSays() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            double uptimeSeconds =
                    Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
            // 100 ticks a second on every Linux of the kind that Graft runs on (sysconf(_SC_CLK_TCK)).
            assertThat(ProcessStart.ticks(sleep.pid()).orElseThrow() / 100.0)
                    .isBetween(uptimeSeconds - 60, uptimeSeconds);
        } finally {
            sleep.destroyForcibly();
        }
    }
}
