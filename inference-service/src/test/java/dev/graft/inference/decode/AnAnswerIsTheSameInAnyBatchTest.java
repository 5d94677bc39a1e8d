package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A corpus, alone, by fours and by sixteens: the likeliest token stays the likeliest. Where it does not, the two likeliest were as good as equal, and
 * the order in which sums were rounded decided.
 */
class AnAnswerIsTheSameInAnyBatchTest {
    /**
     * ln p of the likeliest less that of the next: below this they may swap. llama.cpp computes one row and several rows with different kernels, and
     * rounds activations to eight bits.
     */
    private static final double AS_GOOD_AS_EQUAL = 0.5;

    private static final int PASSAGES = 48;
    private static final int WORDS = 40;
    private static final int TOKENS = 8;

    private static RunningEngine engine;
    private static List<List<ScoredToken>> alone;

    @BeforeAll
    static void load() throws Exception {
        engine = new RunningEngine(16);
        alone = answers(1);
    }

    @AfterAll
    static void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void theLikeliestTokenStaysTheLikeliest(int together) throws Exception {
        List<List<ScoredToken>> answers = answers(together);
        int compared = 0;
        int swapped = 0;
        for (int i = 0; i < PASSAGES; i++) {
            int differ = firstDifference(alone.get(i), answers.get(i));
            compared += Math.min(differ + 1, TOKENS);
            if (differ < TOKENS) {
                swapped++;
                ScoredToken likeliest = alone.get(i).get(differ);
                double lead =
                        likeliest.logprob() - likeliest.alternatives().get(1).logprob();
                assertThat(lead).as("passage %d, token %d", i, differ).isLessThan(AS_GOOD_AS_EQUAL);
            }
        }
        // Which rows meet in a batch is chance, and so is the number; each was a near-tie, see above.
        assertThat(swapped).isLessThan(compared / 10);
    }

    /** The corpus' answers, {@code together} of them at a time. */
    private static List<List<ScoredToken>> answers(int together) throws IOException, InterruptedException {
        List<List<ScoredToken>> answers = new ArrayList<>();
        List<String> passages = passages();
        for (int begin = 0; begin < PASSAGES; begin += together) {
            List<Ticket> tickets = passages.subList(begin, begin + together).stream()
                    .map(passage -> engine.submit(request(passage)))
                    .toList();
            for (Ticket ticket : tickets) {
                answers.add(tokens(RunningEngine.read(ticket)));
            }
        }
        return answers;
    }

    private static Request request(String passage) {
        return new Request.Generate(
                "r", Terms.USUAL, engine.tokens(passage), RunningEngine.greedy(TOKENS), 1, Optional.of(2), false);
    }

    private static List<ScoredToken> tokens(List<AnswerEvent> events) {
        List<ScoredToken> tokens = new ArrayList<>();
        for (AnswerEvent event : events) {
            if (event instanceof AnswerEvent.Text text) {
                tokens.addAll(text.tokens());
            }
        }
        return tokens;
    }

    private static int firstDifference(List<ScoredToken> a, List<ScoredToken> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (a.get(i).token() != b.get(i).token()) {
                return i;
            }
        }
        return TOKENS;
    }

    /** Passages of the licence, which every checkout has. */
    private static List<String> passages() throws IOException {
        String[] words = Files.readString(Path.of("..", "LICENSE")).strip().split("\\s+");
        List<String> passages = new ArrayList<>();
        for (int i = 0; i < PASSAGES; i++) {
            int begin = i * (words.length - WORDS) / PASSAGES;
            passages.add(String.join(" ", List.of(words).subList(begin, begin + WORDS)));
        }
        return passages;
    }
}
