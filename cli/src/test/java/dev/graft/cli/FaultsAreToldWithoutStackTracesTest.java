package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FaultsAreToldWithoutStackTracesTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @Test
    void aFaultIsOneLineAndItsKindIsTheExitCode() {
        assertThat(tell(new FaultException(Fault.input("port_taken", "port", 8080, "choose another")), false))
                .isEqualTo(2);
        assertThat(text()).isEqualToNormalizingNewlines("graft: port_taken at port = 8080: choose another\n");
        assertThat(tell(new FaultException(Fault.capacity("queue_full", "try later")), false))
                .isEqualTo(3);
        assertThat(tell(new FaultException(Fault.ended("no_results", "none came")), false))
                .isEqualTo(4);
        assertThat(tell(new FaultException(Fault.internal("not_ready", "see the log")), false))
                .isEqualTo(1);
    }

    @Test
    void aFullDiskAndAMissingFileAreNamed() {
        tell(new FileSystemException("/x/out", null, "No space left on device"), false);
        assertThat(text()).contains("the disk is full: could not write /x/out");
        assertThat(tell(new NoSuchFileException("/x/in"), false)).isEqualTo(2);
        assertThat(text()).contains("no such file: /x/in");
    }

    @Test
    void theStackTraceComesOnlyWhenAskedFor() {
        tell(new IOException("broken"), false);
        assertThat(text()).doesNotContain("\tat ");
        tell(new IOException("broken"), true);
        assertThat(text()).contains("\tat ");
    }

    private int tell(Exception failure, boolean debug) {
        return Failure.tell(failure, debug, new PrintStream(told, true, StandardCharsets.UTF_8));
    }

    private String text() {
        return told.toString(StandardCharsets.UTF_8);
    }
}
