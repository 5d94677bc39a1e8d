package dev.graft.model.gguf;

import java.io.IOException;
import java.util.Arrays;

/** Collects an array of texts while its total size is not known yet. */
final class PackedTexts {
    private final int[] ends;
    private byte[] utf8 = new byte[256];
    private int size;
    private int count;

    PackedTexts(int texts) {
        this.ends = new int[texts];
    }

    void add(HeaderBytes source, String field, int length) throws IOException {
        if (length > Integer.MAX_VALUE - 64 - size) {
            throw new MalformedGgufException(field, "over 2 GB", "an array of texts has at most 2 GB");
        }
        if (size + length > utf8.length) {
            utf8 = Arrays.copyOf(utf8, (int)
                    Math.min(Integer.MAX_VALUE - 64, Math.max(2L * utf8.length, (long) size + length)));
        }
        source.fill(field, utf8, size, length);
        size += length;
        ends[count++] = size;
    }

    GgufStrings strings() {
        return new GgufStrings(size == utf8.length ? utf8 : Arrays.copyOf(utf8, size), ends);
    }
}
