package dev.graft.model.gguf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** An array of texts, kept as the bytes of the file: a vocabulary of 128,000 words costs little more than it does there. */
public final class GgufStrings {
    private final byte[] utf8;
    private final int[] ends;

    GgufStrings(byte[] utf8, int[] ends) {
        this.utf8 = utf8;
        this.ends = ends;
    }

    /** Packs these texts. */
    public static GgufStrings of(List<String> texts) {
        int[] ends = new int[texts.size()];
        var bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < ends.length; i++) {
            bytes.writeBytes(texts.get(i).getBytes(StandardCharsets.UTF_8));
            ends[i] = bytes.size();
        }
        return new GgufStrings(bytes.toByteArray(), ends);
    }

    /** How many there are. */
    public int size() {
        return ends.length;
    }

    /** The text at this index, from 0; invalid UTF-8 becomes U+FFFD. */
    public String get(int index) {
        int start = start(index);
        return new String(utf8, start, ends[index] - start, StandardCharsets.UTF_8);
    }

    /** Its bytes as they stand in the file. */
    public byte[] bytes(int index) {
        return Arrays.copyOfRange(utf8, start(index), ends[index]);
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufStrings that && Arrays.equals(utf8, that.utf8) && Arrays.equals(ends, that.ends);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(utf8) + Arrays.hashCode(ends);
    }
}
