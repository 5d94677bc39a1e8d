package dev.graft.model.jinja;

import java.util.BitSet;

/** Puts texts together, keeping where each character came from. */
final class TextBuilder {
    private final StringBuilder value = new StringBuilder();
    private final BitSet foreign = new BitSet();

    TextBuilder add(Text text) {
        int offset = value.length();
        value.append(text.value());
        BitSet from = text.foreign();
        for (int start = from.nextSetBit(0); start >= 0; ) {
            int end = from.nextClearBit(start);
            foreign.set(offset + start, offset + end);
            start = from.nextSetBit(end);
        }
        return this;
    }

    TextBuilder add(String own) {
        value.append(own);
        return this;
    }

    int length() {
        return value.length();
    }

    Text text() {
        return new Text(value.toString(), foreign);
    }
}
