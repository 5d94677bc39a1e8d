package dev.graft.cli.stack;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ATakenPortIsRefusedWithItsHolderTest {
    @Test
    void theMessageNamesPortProcessAndRemedy() throws Exception {
        try (ServerSocket held = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> Ports.requireFree("prompt-service", held.getLocalPort()))
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("port_taken at port of prompt-service = " + held.getLocalPort())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--port-offset");
        }
    }

    @Test
    void freePortsAreNotRefused() {
        Ports ports = Ports.free();
        assertThatCode(() -> Ports.requireFree("broker", ports.kafka())).doesNotThrowAnyException();
    }

    @Test
    void anOffsetBeyondTheLastPortIsRefused() {
        assertThatThrownBy(() -> Ports.offset(60_000))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("port_out_of_range");
    }
}
