package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.adapter.Adapters;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.PromptTokens;
import dev.graft.model.tokenizer.Segment;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code /tokenize}, {@code /detokenize} and {@code /apply-template}, as llama-server has them. None of them needs the engine. */
@Singleton
final class TextTools {
    private final ModelText text;
    private final PromptTokens prompts;
    private final Adapters adapters;

    TextTools(ModelText text, PromptTokens prompts, Adapters adapters) {
        this.text = text;
        this.prompts = prompts;
        this.adapters = adapters;
    }

    void tokenize(Call call) {
        JsonBody body = call.body();
        checkModel(body);
        List<Inputs.Input> content = body.node("content")
                .map(node -> Inputs.mixed(node, "content", text))
                .orElse(List.of());
        boolean parseSpecial = body.flag("parse_special", true);
        boolean addSpecial = body.flag("add_special");
        boolean withPieces = body.flag("with_pieces");
        body.end();
        int[] plain = content.stream()
                .flatMapToInt(part -> IntStream.of(encode(part, parseSpecial)))
                .toArray();
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
        checkModel(body);
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
        checkModel(body);
        CompletionFields.refuseForeign(body);
        var chat = Inputs.chat(body.required("messages", "an array of messages"), "messages");
        boolean addGenerationPrompt = body.flag("add_generation_prompt", true);
        var variables = TemplateVariables.read(body);
        body.end();
        String prompt = prompts.pieces(chat, "messages", addGenerationPrompt, variables).stream()
                .map(Segment::text)
                .collect(Collectors.joining());
        call.reply(g -> {
            g.writeStartObject();
            g.writeStringField("prompt", prompt);
            g.writeEndObject();
        });
    }

    /** Adapters have their base's vocabulary and template; a model that isn't served has another. */
    private void checkModel(JsonBody body) {
        adapters.choose(body.text("model"), Optional.empty(), "model");
    }

    private int[] encode(Inputs.Input part, boolean parseSpecial) {
        return switch (part) {
            case Inputs.Input.Text(String written) -> text.encode(text.plain(written, parseSpecial));
            case Inputs.Input.Numbers(int[] tokens) -> tokens;
        };
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
