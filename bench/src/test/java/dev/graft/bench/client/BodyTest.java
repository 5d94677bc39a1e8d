package dev.graft.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BodyTest {
    @Test
    void chunksArePutTogether() throws IOException {
        Body body = of(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n");
        assertThat(body.status()).isEqualTo(200);
        assertThat(body.text()).isEqualTo("abcd0123456789");
    }

    @Test
    void aLengthEndsTheBody() throws IOException {
        assertThat(of("HTTP/1.1 429 Too Many\r\ncontent-length: 3\r\n\r\nabcd").text())
                .isEqualTo("abc");
        assertThat(of("HTTP/1.1 204 None\r\nContent-Length: 0\r\n\r\n").text()).isEmpty();
    }

    @Test
    void withoutEitherTheConnectionEndsTheBody() throws IOException {
        assertThat(of("HTTP/1.1 200 OK\r\n\r\nabc").text()).isEqualTo("abc");
    }

    @Test
    void aConnectionThatBreaksOffInTheMiddleIsAnError() throws IOException {
        Body chunked = of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab");
        assertThatThrownBy(chunked::text).isInstanceOf(EOFException.class);
        Body counted = of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab");
        assertThatThrownBy(counted::text).isInstanceOf(EOFException.class);
    }

    private static Body of(String response) throws IOException {
        return new Body(new ByteArrayInputStream(response.getBytes(StandardCharsets.UTF_8)));
    }
}
