package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way's figures against those that follow from log-likelihoods which the same API told. */
@QuarkusTest
class ClassifyTellsTheProbabilitiesAskedForTest {
    private static final String GOOD = "Review: I love it.\\nSentiment:";
    private static final String BAD = "Review: It broke at once.\\nSentiment:";
    private static final String CONTENT_FREE = "Review: N/A\\nSentiment:";
    /** Of one token and of several. */
    private static final List<String> LABELS = List.of("good", "absolutely terrible thing");
    /** What batches of other shapes may differ by. */
    private static final Offset<Double> NOISE = within(0.02);

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @SuppressWarnings("NullAway.Init")
    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @Test
    void aSumIsTheLabelsLikelihood() throws Exception {
        assertClose(probabilities(GOOD, "sum", "none"), softmax(scores(GOOD)));
    }

    @Test
    void aMeanIsByToken() throws Exception {
        double[] means = probabilities(GOOD, "mean", "none");
        assertThat(means[1])
                .as("what several tokens cost a label")
                .isGreaterThan(probabilities(GOOD, "sum", "none")[1]);
        assertClose(means, softmax(perToken(scores(GOOD))));
    }

    @Test
    void pmiIsDividedByTheLikelihoodAfterTheContentFreePrompt() throws Exception {
        assertClose(probabilities(GOOD, "pmi", "none"), softmax(minus(scores(GOOD), scores(CONTENT_FREE))));
    }

    @Test
    void contextualIsDividedByTheProbabilitiesAfterTheContentFreePrompt() throws Exception {
        assertClose(
                probabilities(GOOD, "mean", "contextual"),
                softmax(minus(perToken(scores(GOOD)), perToken(scores(CONTENT_FREE)))));
    }

    @Test
    void batchIsDividedByTheMeanOverTheInputsOfTheCall() throws Exception {
        double[] good = softmax(perToken(scores(GOOD)));
        double[] bad = softmax(perToken(scores(BAD)));
        JsonNode both = classify("[\"" + GOOD + "\", \"" + BAD + "\"]", "mean", "batch");
        double[] expected = new double[2];
        Arrays.setAll(expected, i -> good[i] / ((good[i] + bad[i]) / 2));
        double sum = expected[0] + expected[1];
        Arrays.setAll(expected, i -> expected[i] / sum);
        assertClose(figures(both.path(0), "probability"), expected);
        assertThat(both).hasSize(2);
    }

    private double[] scores(String prompt) throws Exception {
        return figures(classify("\"" + prompt + "\"", "sum", "none").path(0), "log_likelihood");
    }

    private double[] probabilities(String prompt, String normalisation, String calibration) throws Exception {
        return figures(
                classify("\"" + prompt + "\"", normalisation, calibration).path(0), "probability");
    }

    private JsonNode classify(String prompt, String normalisation, String calibration) throws Exception {
        String body = """
                {"prompt": %s, "labels": ["%s", "%s"], "normalisation": "%s", "calibration": "%s", "content_free": "%s"}""".formatted(prompt, LABELS.get(0), LABELS.get(1), normalisation, calibration, CONTENT_FREE);
        JsonNode reply = http.json("/v1/classify", body);
        assertThat(reply.has("data")).as(reply.toString()).isTrue();
        return reply.path("data");
    }

    private double[] perToken(double[] sums) throws Exception {
        double[] means = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            JsonNode tokens = http.json("/tokenize", "{\"content\": \" " + LABELS.get(i) + "\"}");
            means[i] = sums[i] / tokens.path("tokens").size();
        }
        return means;
    }

    private static double[] figures(JsonNode answer, String name) {
        return StreamSupport.stream(answer.path("labels").spliterator(), false)
                .mapToDouble(label -> label.path(name).asDouble())
                .toArray();
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static double[] softmax(double[] scores) {
        double sum = Arrays.stream(scores).map(Math::exp).sum();
        return Arrays.stream(scores).map(s -> Math.exp(s) / sum).toArray();
    }

    private static void assertClose(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected).containsExactly(expected, NOISE);
    }
}
