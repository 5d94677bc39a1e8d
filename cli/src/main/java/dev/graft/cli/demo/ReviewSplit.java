package dev.graft.cli.demo;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * The reviews in two parts that share no sentence: those that are held out to measure on, 100 of each sentiment, and the rest to learn from.
 * The same file always gives the same parts.
 *
 * @param heldOut balanced, in a fixed random order
 * @param rest in the file's order
 */
public record ReviewSplit(List<Review> heldOut, List<Review> rest) {
    static final int HELD_OUT_EACH = 100;
    private static final long SEED = 20_140_601;
    private static final Pattern TAB = Pattern.compile("\t");

    public ReviewSplit {
        heldOut = List.copyOf(heldOut);
        rest = List.copyOf(rest);
    }

    /**
     * @param file lines of id, mean rating and text, between tabs
     * @throws FaultException {@code too_few_reviews}, {@code malformed_review}
     */
    public static ReviewSplit read(Path file) throws IOException {
        // Decoding replaces what is not UTF-8, where readAllLines would give up the whole file.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return of(
                text.lines().map(ReviewSplit::review).flatMap(Optional::stream).toList());
    }

    static ReviewSplit of(List<Review> reviews) {
        List<Review> distinct = distinct(reviews);
        List<Review> heldOut = new ArrayList<>();
        for (Sentiment sentiment : Sentiment.values()) {
            heldOut.addAll(drawn(distinct, sentiment));
        }
        Collections.shuffle(heldOut, new Random(SEED));
        List<Review> rest = new ArrayList<>(distinct);
        rest.removeAll(new HashSet<>(heldOut));
        return new ReviewSplit(heldOut, rest);
    }

    /** Of the rest as many of each sentiment as there are of the rarest, in a fixed random order. */
    public List<Review> balancedRest() {
        List<List<Review>> each = Arrays.stream(Sentiment.values())
                .map(sentiment -> shuffled(rest, sentiment))
                .toList();
        int rarest = each.stream().mapToInt(List::size).min().orElse(0);
        List<Review> all = new ArrayList<>();
        each.forEach(reviews -> all.addAll(reviews.subList(0, rarest)));
        Collections.shuffle(all, new Random(SEED));
        return all;
    }

    private static List<Review> drawn(List<Review> reviews, Sentiment sentiment) {
        List<Review> all = shuffled(reviews, sentiment);
        if (all.size() < HELD_OUT_EACH) {
            throw new FaultException(Fault.input(
                    "too_few_reviews", sentiment.word(), all.size(), "at least " + HELD_OUT_EACH + " are needed"));
        }
        return all.subList(0, HELD_OUT_EACH);
    }

    private static List<Review> shuffled(List<Review> reviews, Sentiment sentiment) {
        List<Review> all = new ArrayList<>(
                reviews.stream().filter(r -> r.label() == sentiment).toList());
        Collections.shuffle(all, new Random(SEED));
        return all;
    }

    /** The first of those with the same text: a sentence that was held out must not be learned from under another id. */
    private static List<Review> distinct(List<Review> reviews) {
        Map<String, Review> byText = new LinkedHashMap<>();
        reviews.forEach(r -> byText.putIfAbsent(r.text(), r));
        return List.copyOf(byText.values());
    }

    private static Optional<Review> review(String line) {
        String[] columns = TAB.split(line.strip(), 3);
        if (columns.length < 3) {
            throw malformed(line, null);
        }
        try {
            return Sentiment.of(Double.parseDouble(columns[1]))
                    .map(label -> new Review(columns[0], label, columns[2].strip()));
        } catch (NumberFormatException e) {
            throw malformed(line, e);
        }
    }

    private static FaultException malformed(String line, @org.jspecify.annotations.Nullable Exception cause) {
        Fault fault = Fault.input(
                "malformed_review", "line", line, "must be id, rating and text between tabs: fetch it again");
        return cause == null ? new FaultException(fault) : new FaultException(fault, cause);
    }
}
