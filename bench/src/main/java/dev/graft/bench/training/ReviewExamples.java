package dev.graft.bench.training;

import dev.graft.bench.load.Words;
import dev.graft.bench.server.Machine;
import dev.graft.cli.demo.Review;
import dev.graft.cli.demo.ReviewSplit;
import dev.graft.cli.demo.Sentiment;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Segment;
import dev.graft.model.tokenizer.Tokenizer;
import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The demo's reviews, in a template that is hardly longer than they are. */
final class ReviewExamples {
    private static final String BEFORE = "Review: ";
    private static final List<Sentiment> LABELS = List.of(Sentiment.values());
    private static final String AFTER = "\nSentiment:";

    private final Tokenizer tokenizer;
    private final ReviewSplit reviews;

    ReviewExamples(Machine machine) throws IOException {
        tokenizer = Tokenizer.of(GgufFile.read(machine.model()));
        reviews = ReviewSplit.read(machine.home().resolve("cache/reviews/amazonReviewSnippets_GroundTruth.txt"));
    }

    /** All that is learned from, with these tokens before each. */
    List<TokenizedExample> learned(int[] prefix) {
        return reviews.balancedRest().stream()
                .map(review -> example(prefix, review, review.label()))
                .toList();
    }

    /** Each held-out review with each label, one behind the other. */
    List<TokenizedExample> candidates() {
        List<TokenizedExample> candidates = new ArrayList<>();
        for (Review review : reviews.heldOut()) {
            for (Sentiment label : LABELS) {
                candidates.add(example(new int[0], review, label));
            }
        }
        return candidates;
    }

    /** Share of the held-out reviews whose likeliest label is theirs. */
    double accuracy(double[] likelihoods) {
        int labels = LABELS.size();
        int right = 0;
        for (int i = 0; i < reviews.heldOut().size(); i++) {
            int best = 0;
            for (int label = 1; label < labels; label++) {
                best = likelihoods[i * labels + label] > likelihoods[i * labels + best] ? label : best;
            }
            right += reviews.heldOut().get(i).label() == LABELS.get(best) ? 1 : 0;
        }
        return (double) right / reviews.heldOut().size();
    }

    /** Mean over the held-out reviews of what their own labels cost, by learned token. */
    double loss(double[] likelihoods) {
        List<TokenizedExample> candidates = candidates();
        double sum = 0;
        int tokens = 0;
        for (int i = 0; i < reviews.heldOut().size(); i++) {
            int at = i * LABELS.size() + LABELS.indexOf(reviews.heldOut().get(i).label());
            sum -= likelihoods[at];
            tokens += candidates.get(at).learned();
        }
        return sum / tokens;
    }

    private TokenizedExample example(int[] prefix, Review review, Sentiment label) {
        int[] prompt = tokenizer.encode(List.of(new Segment(BEFORE + review.text() + AFTER, false)));
        int[] whole =
                tokenizer.encode(List.of(new Segment(BEFORE + review.text() + AFTER + " " + label.word(), false)));
        int mismatch = Arrays.mismatch(prompt, whole);
        int from = mismatch < 0 ? prompt.length : mismatch;
        int[] all = new int[prefix.length + whole.length];
        System.arraycopy(prefix, 0, all, 0, prefix.length);
        System.arraycopy(whole, 0, all, prefix.length, whole.length);
        return new TokenizedExample(all, prefix.length + from);
    }

    /** So many tokens of plain words: a long template's. */
    int[] prefix(int tokens) {
        int[] words = tokenizer.encode(List.of(new Segment(new Words(1).draw(tokens + 8), false)));
        return Arrays.copyOf(words, tokens);
    }
}
