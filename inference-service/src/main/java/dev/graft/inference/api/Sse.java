package dev.graft.inference.api;

import java.nio.charset.StandardCharsets;

/** The marks of server-sent events. */
final class Sse {
    /** What OpenAI's streams end with. */
    static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    static byte[] event(Json.Body json) {
        return Json.bytes("data: ", json, "\n\n");
    }

    static byte[] event(byte[] json) {
        byte[] event = new byte[json.length + 8];
        System.arraycopy("data: ".getBytes(StandardCharsets.US_ASCII), 0, event, 0, 6);
        System.arraycopy(json, 0, event, 6, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    private Sse() {}
}
