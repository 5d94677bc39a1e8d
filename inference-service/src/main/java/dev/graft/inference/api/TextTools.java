package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.PromptTokens;
import dev.graft.model.tokenizer.Segment;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** {@code /tokenize}, {@code /detokenize} and {@code /apply-template}, as llama-server has them. None of them needs the engine. */
@Singleton
final class TextTools {
    private final ModelText text;
    private final PromptTokens prompts;

    TextTools(ModelText text, PromptTokens prompts) {
        this.text = text;
        this.prompts = prompts;
    }

    void tokenize(Call call) {
        JsonBody body = call.body();
        String content = body.text("content").orElse("");
        boolean parseSpecial = body.flag("parse_special", true);
        boolean addSpecial = body.flag("add_special");
        boolean withPieces = body.flag("with_pieces");
        body.end();
        int[] plain = text.encode(text.plain(content, parseSpecial));
        int[] tokens = addSpecial ? text.beginning(plain) : plain;
        call.reply(g -> {
            g.writeStartObject();
            g.writeArrayFieldStart("tokens");
            for (int token : tokens) {
                token(g, token, withPieces);
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    void detokenize(Call call) {
        JsonBody body = call.body();
        JsonNode tokens = body.required("tokens", "an array of token numbers");
        body.end();
        String content = text.tokenizer().decode(Inputs.tokens(tokens, "tokens", text), true);
        call.reply(g -> {
            g.writeStartObject();
            g.writeStringField("content", content);
            g.writeEndObject();
        });
    }

    void applyTemplate(Call call) {
        JsonBody body = call.body();
        var chat = Inputs.chat(body.required("messages", "an array of messages"), "messages");
        body.end();
        String prompt =
                prompts.pieces(chat, "messages").stream().map(Segment::text).collect(Collectors.joining());
        call.reply(g -> {
            g.writeStartObject();
            g.writeStringField("prompt", prompt);
            g.writeEndObject();
        });
    }

    private void token(JsonGenerator g, int token, boolean withPiece) throws IOException {
        if (!withPiece) {
            g.writeNumber(token);
            return;
        }
        g.writeStartObject();
        g.writeNumberField("id", token);
        g.writeFieldName("piece");
        piece(g, text.tokenizer().bytes(token, true));
        g.writeEndObject();
    }

    /** A string, or the bytes where they are no whole characters. */
    private static void piece(JsonGenerator g, byte[] bytes) throws IOException {
        try {
            g.writeString(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException partOfACharacter) {
            g.writeStartArray();
            for (byte b : bytes) {
                g.writeNumber(b & 0xff);
            }
            g.writeEndArray();
        }
    }
}
