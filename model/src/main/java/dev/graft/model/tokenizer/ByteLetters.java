package dev.graft.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** GPT-2's alphabet: a printable letter for each byte, in which byte-pair vocabularies are written ({@code bytes_to_unicode} of its encoder.py). */
final class ByteLetters {
    private static final char[] LETTERS = letters();
    private static final short[] BYTES = bytes();

    private ByteLetters() {}

    static char letter(int unsignedByte) {
        return LETTERS[unsignedByte];
    }

    /** The bytes that a text in this alphabet stands for; a letter outside it stands for itself. */
    static byte[] decode(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        text.codePoints().forEach(point -> {
            if (point < BYTES.length && BYTES[point] >= 0) {
                bytes.write(BYTES[point]);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static char[] letters() {
        char[] letters = new char[256];
        int free = 256;
        for (int b = 0; b < letters.length; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            letters[b] = (char) (printable ? b : free++);
        }
        return letters;
    }

    private static short[] bytes() {
        short[] bytes = new short[512];
        Arrays.fill(bytes, (short) -1);
        for (int b = 0; b < LETTERS.length; b++) {
            bytes[LETTERS[b]] = (short) b;
        }
        return bytes;
    }
}
