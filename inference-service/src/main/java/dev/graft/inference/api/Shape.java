package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What tells OpenAI's two completion APIs apart: how a choice's text and its log-probabilities are written. */
enum Shape {
    CHAT {
        @Override
        String object(boolean stream) {
            return stream ? "chat.completion.chunk" : "chat.completion";
        }

        @Override
        void text(JsonGenerator g, boolean stream, boolean first, String text) throws IOException {
            g.writeObjectFieldStart(stream ? "delta" : "message");
            if (first) {
                g.writeStringField("role", "assistant");
            }
            if (first || !text.isEmpty()) {
                g.writeStringField("content", text);
            }
            g.writeEndObject();
        }

        @Override
        void logprobs(JsonGenerator g, List<ScoredToken> tokens, int offset, boolean ids) throws IOException {
            g.writeObjectFieldStart("logprobs");
            g.writeArrayFieldStart("content");
            for (ScoredToken token : tokens) {
                g.writeStartObject();
                scored(g, token, ids);
                g.writeArrayFieldStart("top_logprobs");
                for (ScoredToken alternative : token.alternatives()) {
                    g.writeStartObject();
                    scored(g, alternative, ids);
                    g.writeEndObject();
                }
                g.writeEndArray();
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeNullField("refusal");
            g.writeEndObject();
        }

        private static void scored(JsonGenerator g, ScoredToken token, boolean ids) throws IOException {
            g.writeStringField("token", told(token, ids));
            logprob(g, token, "logprob");
            g.writeArrayFieldStart("bytes");
            for (byte b : token.bytes()) {
                g.writeNumber(b & 0xff);
            }
            g.writeEndArray();
        }
    },

    TEXT {
        @Override
        String object(boolean stream) {
            return "text_completion";
        }

        @Override
        void text(JsonGenerator g, boolean stream, boolean first, String text) throws IOException {
            g.writeStringField("text", text);
        }

        @Override
        void logprobs(JsonGenerator g, List<ScoredToken> tokens, int offset, boolean ids) throws IOException {
            g.writeObjectFieldStart("logprobs");
            g.writeArrayFieldStart("tokens");
            for (ScoredToken token : tokens) {
                g.writeString(told(token, ids));
            }
            g.writeEndArray();
            g.writeArrayFieldStart("token_logprobs");
            for (ScoredToken token : tokens) {
                number(g, token.logprob());
            }
            g.writeEndArray();
            g.writeArrayFieldStart("top_logprobs");
            for (ScoredToken token : tokens) {
                alternatives(g, token, ids);
            }
            g.writeEndArray();
            g.writeArrayFieldStart("text_offset");
            int at = offset;
            for (ScoredToken token : tokens) {
                g.writeNumber(at);
                at += string(token).length();
            }
            g.writeEndArray();
            g.writeEndObject();
        }

        private static void alternatives(JsonGenerator g, ScoredToken token, boolean ids) throws IOException {
            if (token.alternatives().isEmpty()) {
                g.writeNull();
                return;
            }
            g.writeStartObject();
            for (ScoredToken alternative : token.alternatives()) {
                logprob(g, alternative, told(alternative, ids));
            }
            g.writeEndObject();
        }
    };

    /** The reply's {@code object}. */
    abstract String object(boolean stream);

    /** @param first whether it is the choice's first text, which tells the role */
    abstract void text(JsonGenerator g, boolean stream, boolean first, String text) throws IOException;

    /**
     * @param offset characters of the choice before the first of these tokens
     * @param ids whether tokens are told by their numbers, as vLLM does: texts of several may be the same
     */
    abstract void logprobs(JsonGenerator g, List<ScoredToken> tokens, int offset, boolean ids) throws IOException;

    private static String told(ScoredToken token, boolean ids) {
        return ids ? "token_id:" + token.token() : string(token);
    }

    private static String string(ScoredToken token) {
        return new String(token.bytes(), StandardCharsets.UTF_8);
    }

    private static void logprob(JsonGenerator g, ScoredToken token, String name) throws IOException {
        g.writeFieldName(name);
        number(g, token.logprob());
    }

    /** The prompt's first token has no log-probability; JSON has no NaN. */
    private static void number(JsonGenerator g, double logprob) throws IOException {
        if (Double.isNaN(logprob)) {
            g.writeNull();
        } else {
            g.writeNumber(Math.max(logprob, -9999.0));
        }
    }
}
