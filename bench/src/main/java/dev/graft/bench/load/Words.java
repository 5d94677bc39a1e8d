package dev.graft.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Random English text from a seed. The words are frequent ones of film reviews that SmolLM2's vocabulary holds as one token each (with the
 * space before), so that a text of n words is n tokens. No two texts drawn are alike, so that no server's cache of prompts helps by chance.
 */
public final class Words {
    private static final List<String> ALL = read();
    private final SplittableRandom random;

    public Words(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Begins with a space, as each word does. */
    public String draw(int words) {
        var text = new StringBuilder(words * 7);
        for (int i = 0; i < words; i++) {
            text.append(' ').append(ALL.get(random.nextInt(ALL.size())));
        }
        return text.toString();
    }

    private static List<String> read() {
        try (InputStream in =
                Objects.requireNonNull(Words.class.getResourceAsStream("/dev/graft/bench/words.txt"), "words.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
