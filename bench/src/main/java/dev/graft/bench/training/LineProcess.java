package dev.graft.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.graft.bench.server.Ending;
import dev.graft.training.dataset.TokenizedExample;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A process that is asked in lines of JSON and answers likewise. */
record LineProcess(Process process, BufferedWriter in, BufferedReader out) implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    static LineProcess start(ProcessBuilder command) throws IOException {
        Process process = Ending.withUs(command.redirectError(ProcessBuilder.Redirect.INHERIT));
        return new LineProcess(process, process.outputWriter(), process.inputReader());
    }

    JsonNode ask(Map<String, ?> request) throws IOException {
        in.write(JSON.writeValueAsString(request));
        in.newLine();
        in.flush();
        String answer = out.readLine();
        if (answer == null) {
            throw new IllegalStateException("the process ended when it was asked to " + request.keySet());
        }
        return JSON.readTree(answer);
    }

    /** {@code [[tokens, completion_from], …]}. */
    static ArrayNode json(List<TokenizedExample> examples) {
        ArrayNode all = JSON.createArrayNode();
        for (TokenizedExample example : examples) {
            ArrayNode tokens = JSON.createArrayNode();
            for (int token : example.tokens()) {
                tokens.add(token);
            }
            all.addArray().add(tokens).add(example.completionFrom());
        }
        return all;
    }

    static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }

    @Override
    public void close() {
        Ending.end(process);
    }
}
