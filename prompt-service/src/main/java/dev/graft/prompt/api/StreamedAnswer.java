package dev.graft.prompt.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads a stream of OpenAI's chunks and gathers from it what a result event would say. */
final class StreamedAnswer {
    private static final String DATA = "data:";
    private static final String END = "[DONE]";

    private final ObjectMapper json;
    private final BufferedReader lines;
    private final StringBuilder text = new StringBuilder();
    private Optional<Figures> figures = Optional.empty();
    private Optional<Finish> finish = Optional.empty();
    private Optional<Fault> failed = Optional.empty();

    StreamedAnswer(InputStream stream, ObjectMapper json) {
        this.json = json;
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** More text; empty at the end. Blocks. */
    Optional<String> next() throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DATA)) {
                String data = line.substring(DATA.length()).strip();
                if (data.equals(END)) {
                    return Optional.empty();
                }
                String more = take(json.readTree(data));
                if (!more.isEmpty()) {
                    return Optional.of(more);
                }
            }
        }
        return Optional.empty();
    }

    private String take(JsonNode chunk) {
        if (chunk.has("error")) {
            JsonNode error = chunk.path("error");
            failed = Optional.of(
                    InferenceHttp.fault(error, status(error.path("type").asText())));
            return "";
        }
        JsonNode choice = chunk.path("choices").path(0);
        switch (choice.path("finish_reason").asText("")) {
            case "stop" -> finish = Optional.of(Finish.STOP);
            case "length" -> finish = Optional.of(Finish.LENGTH);
            default -> {}
        }
        takeFigures(chunk);
        String more = choice.path("delta").path("content").asText("")
                + choice.path("text").asText("");
        text.append(more);
        return more;
    }

    /** In the midst of a stream there is no status any more, but OpenAI's class of the error. */
    private static int status(String type) {
        return switch (type) {
            case "invalid_request_error" -> 400;
            case "timeout_error" -> 408;
            case "rate_limit_error" -> 429;
            case "service_unavailable_error" -> 503;
            default -> 500;
        };
    }

    /** The last chunk's: usage, timings, and which weights answered. */
    private void takeFigures(JsonNode chunk) {
        JsonNode from = chunk.path("served");
        JsonNode used = chunk.path("usage");
        JsonNode times = chunk.path("timings");
        if (!from.isObject() || !used.isObject() || !times.isObject()) {
            return;
        }
        figures = Optional.of(new Figures(
                new Served(
                        from.path("model").asText(),
                        from.path("adapter").asText(),
                        from.path("generation").asInt()),
                new Usage(
                        used.path("prompt_tokens").asInt(),
                        used.path("prompt_tokens_details").path("cached_tokens").asInt(),
                        used.path("completion_tokens").asInt()),
                new Timings(
                        times.path("queue_ms").asDouble(),
                        times.path("prefill_ms").asDouble(),
                        times.path("decode_ms").asDouble())));
    }

    /**
     * What a result event would say; to be asked at the end.
     *
     * @param deadline after which an answer that breaks off was given up
     */
    InferenceResult result(String id, Instant deadline) {
        if (failed.isPresent()) {
            return new InferenceResult.Failed(id, failed.get());
        }
        if (finish.isEmpty() || figures.isEmpty()) {
            return new InferenceResult.Failed(id, whyBrokenOff(deadline));
        }
        Figures last = figures.get();
        return new InferenceResult.Answered(
                id, last.served(), text.toString(), List.of(), finish.get(), last.usage(), last.timings());
    }

    private static Fault whyBrokenOff(Instant deadline) {
        return Instant.now().isBefore(deadline)
                ? Fault.internal(
                        "inference_broke_off", "the inference service ended the stream before the answer: run it again")
                : Fault.ended(
                        "deadline_exceeded",
                        "no whole answer until " + deadline + ": allow more time, or fewer tokens");
    }

    private record Figures(Served served, Usage usage, Timings timings) {}
}
