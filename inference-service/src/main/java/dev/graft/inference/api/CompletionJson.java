package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The parts of completion replies, whole or streamed. */
final class CompletionJson {
    /** Up to and with the beginning of the choices. */
    static void head(JsonGenerator g, CompletionAsk ask) throws IOException {
        g.writeStartObject();
        g.writeStringField("id", ask.id());
        g.writeStringField("object", ask.shape().object(ask.stream()));
        g.writeNumberField("created", ask.created());
        g.writeStringField("model", ask.model());
        g.writeArrayFieldStart("choices");
    }

    /**
     * @param first whether it is the choice's first text
     * @param offset characters of the choice before this text
     */
    static void choice(
            JsonGenerator g,
            CompletionAsk ask,
            int index,
            boolean first,
            String text,
            List<ScoredToken> tokens,
            int offset,
            Optional<Finish> finish)
            throws IOException {
        g.writeStartObject();
        g.writeNumberField("index", index);
        ask.shape().text(g, ask.stream(), first, text);
        if (ask.logprobs() && (!ask.stream() || !tokens.isEmpty())) {
            ask.shape().logprobs(g, tokens, offset, ask.tokenIds());
        } else {
            g.writeNullField("logprobs");
        }
        if (finish.isPresent()) {
            g.writeStringField("finish_reason", finish.get() == Finish.LENGTH ? "length" : "stop");
        } else {
            g.writeNullField("finish_reason");
        }
        g.writeEndObject();
    }

    /** Usage over all prompts; timings of the slowest; the weights that answered, the same for all prompts of a request. */
    static void usage(JsonGenerator g, List<Done> ends) throws IOException {
        int prompt =
                ends.stream().map(Done::usage).mapToInt(Usage::promptTokens).sum();
        int cached =
                ends.stream().map(Done::usage).mapToInt(Usage::cachedTokens).sum();
        int completion =
                ends.stream().map(Done::usage).mapToInt(Usage::completionTokens).sum();
        g.writeObjectFieldStart("usage");
        g.writeNumberField("prompt_tokens", prompt);
        g.writeNumberField("completion_tokens", completion);
        g.writeNumberField("total_tokens", prompt + completion);
        g.writeObjectFieldStart("prompt_tokens_details");
        g.writeNumberField("cached_tokens", cached);
        g.writeEndObject();
        g.writeEndObject();
        timings(g, ends);
        served(g, ends.getFirst().served());
    }

    private static void timings(JsonGenerator g, List<Done> ends) throws IOException {
        Timings slowest = ends.stream()
                .map(Done::timings)
                .max(java.util.Comparator.comparingDouble(Timings::totalMs))
                .orElseThrow();
        g.writeObjectFieldStart("timings");
        g.writeNumberField("queue_ms", slowest.queueMs());
        g.writeNumberField("prefill_ms", slowest.prefillMs());
        g.writeNumberField("decode_ms", slowest.decodeMs());
        g.writeEndObject();
    }

    private static void served(JsonGenerator g, Served served) throws IOException {
        g.writeObjectFieldStart("served");
        g.writeStringField("model", served.model());
        g.writeStringField("adapter", served.adapter());
        g.writeNumberField("generation", served.generation());
        g.writeEndObject();
    }

    private CompletionJson() {}
}
