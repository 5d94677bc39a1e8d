package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.request.Draw;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Label;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Tokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The decode loop on the real model, held against llama.cpp used plainly. */
class DecodeLoopTest {
    private static final String STORY =
            "The little boat left the harbour early in the morning, and the old captain looked"
                    + " at the grey water for a long time before he said to the boy that the weather would";

    /** Goes on in one way only, so that rounding does not decide. */
    private static final String COUNT =
            "10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180,";

    private static RunningEngine engine;
    private static PlainLlama plain;

    @BeforeAll
    static void load() throws Exception {
        engine = new RunningEngine();
        plain = new PlainLlama();
    }

    @AfterAll
    static void close() throws Exception {
        plain.close();
        engine.close();
    }

    private static String decoded(List<Integer> tokens) {
        return engine.tokenizer.decode(
                tokens.stream().mapToInt(Integer::intValue).toArray(), false);
    }

    @Test
    void aGreedyAnswerIsLlamaCppsOwn() throws Exception {
        assertThat(engine.answer(engine.generate(STORY, RunningEngine.greedy(24))))
                .isEqualTo(decoded(plain.greedy(engine.tokens(STORY), 24)));
    }

    @Test
    void aPromptThatComesAgainIsTakenFromTheCacheWithTheSameAnswer() throws Exception {
        String prompt = "Counting in steps of ten: " + COUNT;
        List<String> answers = new ArrayList<>();
        List<Integer> cached = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            List<AnswerEvent> events =
                    RunningEngine.read(engine.submit(engine.generate(prompt, RunningEngine.greedy(12))));
            answers.add(RunningEngine.text(events, 0));
            cached.add(RunningEngine.done(events).usage().cachedTokens());
        }
        int length = engine.tokens(prompt).length();
        assertThat(answers).containsOnly(answers.getFirst());
        assertThat(cached.subList(0, 2)).containsOnly(0);
        assertThat(cached.subList(2, 4)).allMatch(tokens -> tokens >= length - 16 && tokens < length);
    }

    @Test
    void promptsThatBeginAlikeAtTheSameTimeComputeTheBeginningOnce() throws Exception {
        String shared = "Ten by ten, as every child in this school has to learn it by heart: " + COUNT;
        int sharedLength = engine.tokens(shared).length();
        List<Ticket> together = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            together.add(engine.submit(engine.generate(shared + " " + (i + 1), RunningEngine.greedy(4))));
        }
        List<Integer> cached = new ArrayList<>();
        for (Ticket ticket : together) {
            cached.add(RunningEngine.done(RunningEngine.read(ticket)).usage().cachedTokens());
        }
        // The first computes it. It may be over before the second arrives, which then is the one that makes it worth
        // keeping.
        assertThat(cached.stream().filter(tokens -> tokens < sharedLength)).hasSizeBetween(1, 2);
    }

    /** A classification is over in the step that ends its prompt: what others wait for must stay when it goes. */
    @Test
    void classificationsThatBeginAlikeAtTheSameTimeComputeTheBeginningOnce() throws Exception {
        String shared = "Review after review, each of them read twice and then judged: " + COUNT;
        int sharedLength = engine.tokens(shared).length();
        List<Label> labels = List.of(label(" good"), label(" bad"));
        List<Ticket> together = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Tokens prompt = engine.tokens(shared + " " + (i + 1));
            together.add(engine.submit(new Request.Classify(
                    "c", Terms.USUAL, prompt, labels, Normalisation.SUM, Calibration.NONE, Optional.empty())));
        }
        List<Integer> cached = new ArrayList<>();
        for (Ticket ticket : together) {
            cached.add(RunningEngine.done(RunningEngine.read(ticket)).usage().cachedTokens());
        }
        assertThat(cached.stream().filter(tokens -> tokens < sharedLength)).hasSizeBetween(1, 2);
    }

    @Test
    void anAnswerIsTheSameWhateverElseIsInTheBatch() throws Exception {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            prompts.add("Number " + i + ": " + STORY);
        }
        List<String> alone = new ArrayList<>();
        for (String prompt : prompts) {
            alone.add(engine.answer(engine.generate(prompt, RunningEngine.greedy(1))));
        }
        List<Ticket> together = prompts.stream()
                .map(prompt -> engine.submit(engine.generate(prompt, RunningEngine.greedy(1))))
                .toList();
        List<String> answers = new ArrayList<>();
        for (Ticket ticket : together) {
            answers.add(RunningEngine.text(RunningEngine.read(ticket), 0));
        }
        assertThat(answers).isEqualTo(alone);
    }

    @Test
    void labelsOfManyTokensGetTheLikelihoodThatLlamaCppGivesThem() throws Exception {
        Tokens prompt = engine.tokens("Review: The battery died after a day.\nThe review is");
        List<Label> labels = List.of(
                label(" positive"),
                label(" negative"),
                label(" very negative indeed"),
                label(" very negative"),
                label(" neither good nor bad"));
        List<AnswerEvent> events = RunningEngine.read(engine.submit(new Request.Classify(
                "c", Terms.USUAL, prompt, labels, Normalisation.SUM, Calibration.NONE, Optional.empty())));
        List<LabelProbability> probabilities = RunningEngine.done(events).labels();
        for (int i = 0; i < labels.size(); i++) {
            assertThat(probabilities.get(i).logLikelihood())
                    .as(labels.get(i).text())
                    .isCloseTo(plain.logLikelihood(prompt, labels.get(i).tokens()), within(0.35));
        }
        assertThat(probabilities.stream()
                        .mapToDouble(LabelProbability::probability)
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    private static Label label(String text) {
        return new Label(text, engine.tokens(text));
    }

    @Test
    void severalChoicesGoOnFromOnePrompt() throws Exception {
        Draw varied = new Draw(12, 1.2f, 0, 0.95f, 0, 1, 0, 0, 64, 7, List.of(), Map.of());
        Request request =
                new Request.Generate("n", Terms.USUAL, engine.tokens(STORY), varied, 3, Optional.of(2), false);
        List<AnswerEvent> first = RunningEngine.read(engine.submit(request));
        List<AnswerEvent> again = RunningEngine.read(engine.submit(request));
        assertThat(List.of(RunningEngine.text(first, 0), RunningEngine.text(first, 1), RunningEngine.text(first, 2)))
                .doesNotHaveDuplicates();
        assertThat(RunningEngine.text(again, 0)).isNotEmpty();
        assertThat(first.stream()
                        .filter(AnswerEvent.Text.class::isInstance)
                        .map(AnswerEvent.Text.class::cast)
                        .flatMap(text -> text.tokens().stream()))
                .isNotEmpty()
                .allSatisfy(token -> {
                    assertThat(token.logprob()).isLessThanOrEqualTo(0);
                    assertThat(token.alternatives()).hasSize(2);
                });
    }

    @Test
    void thePromptsOwnLogprobsAddUpToItsLikelihood() throws Exception {
        Tokens prompt = engine.tokens("The capital of France is Paris");
        Request request =
                new Request.Generate("e", Terms.USUAL, prompt, RunningEngine.greedy(1), 1, Optional.of(1), true);
        List<AnswerEvent.ScoredToken> scored =
                RunningEngine.done(RunningEngine.read(engine.submit(request))).prompt();
        Tokens first = Tokens.of(prompt.at(0));
        Tokens rest = Tokens.of(java.util.Arrays.copyOfRange(prompt.toArray(), 1, prompt.length()));
        assertThat(scored).hasSize(prompt.length());
        assertThat(scored.getFirst().logprob()).isNaN();
        assertThat(scored.stream()
                        .skip(1)
                        .mapToDouble(AnswerEvent.ScoredToken::logprob)
                        .sum())
                .isCloseTo(plain.logLikelihood(first, rest), within(0.35));
    }

    @Test
    void noTokensAreDrawnWhereNoneAreAskedFor() throws Exception {
        List<AnswerEvent> events = RunningEngine.read(engine.submit(engine.generate(STORY, RunningEngine.greedy(0))));
        assertThat(events.getFirst()).isEqualTo(new AnswerEvent.ChoiceEnded(0, Finish.LENGTH));
        assertThat(RunningEngine.done(events).usage().completionTokens()).isZero();
    }

    @Test
    void aStopTextEndsTheAnswerBeforeIt() throws Exception {
        String whole = engine.answer(engine.generate(STORY, RunningEngine.greedy(16)));
        String stop = whole.substring(8, 12);
        List<AnswerEvent> events =
                RunningEngine.read(engine.submit(engine.generate(STORY, RunningEngine.greedy(16, stop))));
        assertThat(RunningEngine.text(events, 0)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(events).contains(new AnswerEvent.ChoiceEnded(0, Finish.STOP));
    }

    @Test
    void aCancelledAnswerFreesItsSlot() throws Exception {
        List<Ticket> endless = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            endless.add(engine.submit(engine.generate(STORY + i, RunningEngine.greedy(400))));
        }
        for (Ticket ticket : endless) {
            ticket.next();
            ticket.close();
        }
        assertThat(engine.answer(engine.generate(STORY, RunningEngine.greedy(4))))
                .isNotEmpty();
        for (Ticket ticket : endless) {
            List<AnswerEvent> events = RunningEngine.read(ticket);
            assertThat(events.getLast()).isInstanceOf(AnswerEvent.Failed.class);
        }
        await().untilAsserted(() -> assertThat(engine.queue.running()).isZero());
    }

    @Test
    void aDeadlineThatPassedIsToldSo() throws Exception {
        Request request = new Request.Generate(
                "late",
                new Terms(Optional.empty(), 0, Optional.of(Instant.now().minusSeconds(1))),
                engine.tokens(STORY),
                RunningEngine.greedy(4),
                1,
                Optional.empty(),
                false);
        assertThat(RunningEngine.read(engine.submit(request)))
                .singleElement()
                .isInstanceOfSatisfying(
                        AnswerEvent.Failed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo("deadline_exceeded"));
    }

    @Test
    void embeddingsOfLikeTextsAreCloserThanOfUnlikeOnes() throws Exception {
        float[] cat = embedding("The cat sleeps on the sofa.");
        float[] kitten = embedding("A kitten is sleeping on the couch.");
        float[] tax = embedding("The tax return must be filed before April.");
        assertThat(dot(cat, cat)).isCloseTo(1, within(1e-4));
        assertThat(dot(cat, kitten)).isGreaterThan(dot(cat, tax));
    }

    private static float[] embedding(String text) throws Exception {
        return RunningEngine.done(
                        RunningEngine.read(engine.submit(new Request.Embed("e", Terms.USUAL, engine.tokens(text)))))
                .embedding();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
