package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldOutReviewsAreBalancedAndNeverLearnedFromTest {
    private static final List<String> RATINGS = List.of("1", "4", "-1", "-3.5", "0.3", "-0.3", "0.9", "-0.35");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aHundredOfEachAreHeldOutAndNoneOfThemIsInTheRest() throws IOException {
        ReviewSplit split = ReviewSplit.read(reviews(2000));
        assertThat(split.heldOut().stream().collect(Collectors.groupingBy(Review::label, Collectors.counting())))
                .containsOnlyKeys(Sentiment.values())
                .allSatisfy((label, count) -> assertThat(count).isEqualTo(100));
        assertThat(texts(split.rest())).doesNotContainAnyElementsOf(texts(split.heldOut()));
        assertThat(split.rest()).hasSize(1500 - 300);
    }

    @Test
    void theSameFileGivesTheSameSplit() throws IOException {
        Path file = reviews(2000);
        assertThat(ReviewSplit.read(file)).isEqualTo(ReviewSplit.read(file));
    }

    @Test
    void aSentenceThatComesTwiceIsOnOneSideOnly() throws IOException {
        Path file = reviews(2000);
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.addAll(lines.stream().map(l -> "again" + l).toList());
        Files.write(file, lines);
        ReviewSplit split = ReviewSplit.read(file);
        assertThat(texts(split.rest())).doesNotHaveDuplicates().doesNotContainAnyElementsOf(texts(split.heldOut()));
    }

    @Test
    void bytesThatAreNotUtf8DoNotStopTheReading() throws IOException {
        Path file = reviews(2000);
        byte[] latin1 = "x_1\t2.5\tna\u00efve but great\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin1, java.nio.file.StandardOpenOption.APPEND);
        ReviewSplit split = ReviewSplit.read(file);
        assertThat(split.heldOut().size() + split.rest().size()).isEqualTo(1501);
    }

    @Test
    void tooFewReviewsAndLinesThatAreNoneAreRefused() throws IOException {
        assertThatThrownBy(() -> ReviewSplit.read(reviews(200)))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("too_few_reviews");
        Path broken = Files.writeString(folder.resolve("broken"), "<html>not found</html>\n");
        assertThatThrownBy(() -> ReviewSplit.read(broken))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("malformed_review");
    }

    /** Of every eight ratings six are clear: two of each sentiment. */
    private Path reviews(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(i + "\t" + RATINGS.get(i % RATINGS.size()) + "\tsentence number " + i);
        }
        return Files.write(folder.resolve("reviews-" + count), lines);
    }

    private static List<String> texts(List<Review> reviews) {
        return reviews.stream().map(Review::text).toList();
    }
}
