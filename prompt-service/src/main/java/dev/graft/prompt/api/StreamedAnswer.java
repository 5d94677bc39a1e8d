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
import java.util.List;
import java.util.Optional;

/** Reads a stream of OpenAI's chunks and gathers from it what a result event would say. */
final class StreamedAnswer {
    private static final String DATA = "data:";
    private static final String END = "[DONE]";

    private final ObjectMapper json;
    private final BufferedReader lines;
    private final long begun = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private Served served = Served.base("");
    private Usage usage = new Usage(0, 0, 0);
    private Optional<Timings> timings = Optional.empty();
    private Optional<Finish> finish = Optional.empty();
    private Optional<Fault> failed = Optional.empty();
    private long firstText;

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
            failed = Optional.of(InferenceHttp.fault(error, error.path("status").asInt(500)));
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
        if (firstText == 0 && !more.isEmpty()) {
            firstText = System.nanoTime();
        }
        text.append(more);
        return more;
    }

    private void takeFigures(JsonNode chunk) {
        JsonNode served = chunk.path("served");
        if (served.isObject()) {
            this.served = new Served(
                    served.path("model").asText(""),
                    served.path("adapter").asText(""),
                    served.path("generation").asInt());
        } else if (this.served.model().isEmpty()) {
            this.served = Served.base(chunk.path("model").asText(""));
        }
        JsonNode used = chunk.path("usage");
        if (used.isObject()) {
            usage = new Usage(
                    used.path("prompt_tokens").asInt(),
                    used.path("prompt_tokens_details").path("cached_tokens").asInt(),
                    used.path("completion_tokens").asInt());
        }
        JsonNode times = chunk.path("timings");
        if (times.has("prefill_ms")) {
            timings = Optional.of(new Timings(
                    times.path("queue_ms").asDouble(),
                    times.path("prefill_ms").asDouble(),
                    times.path("decode_ms").asDouble()));
        }
    }

    /** What a result event would say; to be asked at the end. */
    InferenceResult result(String id) {
        if (failed.isPresent()) {
            return new InferenceResult.Failed(id, failed.get());
        }
        if (finish.isEmpty()) {
            return new InferenceResult.Failed(
                    id,
                    Fault.internal(
                            "inference_broke_off",
                            "the inference service ended the stream before the answer: run it again"));
        }
        return new InferenceResult.Answered(
                id, served, text.toString(), List.of(), finish.get(), usage, timings.orElseGet(this::seenFromHere));
    }

    private Timings seenFromHere() {
        double first = firstText == 0 ? 0 : (firstText - begun) / 1e6;
        double all = (System.nanoTime() - begun) / 1e6;
        return new Timings(0, first, all - first);
    }
}
