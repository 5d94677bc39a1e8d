package dev.graft.inference.answer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * From the bytes of tokens to text: whole characters only, and nothing that may be the beginning of a stop text. What is not valid UTF-8 becomes
 * U+FFFD.
 */
public final class TextAssembler {
    private static final int LONGEST_CHARACTER = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final List<String> stopTexts;
    private final StringBuilder held = new StringBuilder();
    private ByteBuffer bytes = ByteBuffer.allocate(64).flip();
    private boolean stopped;

    public TextAssembler(List<String> stopTexts) {
        this.stopTexts = stopTexts;
    }

    /** Takes a token's bytes and returns the text that is certain now, often empty. */
    public String append(byte[] tokenBytes) {
        if (stopped) {
            return "";
        }
        decode(tokenBytes, false);
        return release(stopTexts.isEmpty() ? held.length() : certainLength());
    }

    /** The answer ends here: what was held back is part of it after all. */
    public String finish() {
        if (stopped) {
            return "";
        }
        decode(new byte[0], true);
        return release(certainOrStop());
    }

    /** Whether a stop text came; what was returned before is the whole answer. */
    public boolean stopped() {
        return stopped;
    }

    private void decode(byte[] more, boolean last) {
        ByteBuffer joined = ByteBuffer.allocate(bytes.remaining() + more.length);
        joined.put(bytes).put(more).flip();
        CharBuffer characters = CharBuffer.allocate(joined.remaining() + LONGEST_CHARACTER);
        decoder.decode(joined, characters, last);
        if (last) {
            decoder.flush(characters);
        }
        bytes = joined;
        held.append(characters.flip());
    }

    private int certainOrStop() {
        int stop = firstStop();
        return stop >= 0 ? stopAt(stop) : held.length();
    }

    private int certainLength() {
        int stop = firstStop();
        return stop >= 0 ? stopAt(stop) : held.length() - longestStopBeginning();
    }

    private int stopAt(int index) {
        stopped = true;
        return index;
    }

    private int firstStop() {
        return stopTexts.stream()
                .mapToInt(held::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
    }

    /** How many of the last characters may be the beginning of a stop text. */
    private int longestStopBeginning() {
        int longest = 0;
        for (String stop : stopTexts) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (endsWithBeginningOf(stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean endsWithBeginningOf(String stop, int length) {
        int from = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (held.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, stopped ? held.length() : length);
        return text;
    }
}
