package dev.graft.model.tokenizer;

import java.util.List;

/** Which parts of a prompt may hold special tokens. */
final class TrustedRanges {
    private final Ints starts = new Ints(16);
    private final Ints ends = new Ints(16);

    /** The ranges of the trusted among these segments laid end to end; neighbours are one range. */
    static TrustedRanges of(List<Segment> segments) {
        var ranges = new TrustedRanges();
        int at = 0;
        boolean open = false;
        for (Segment segment : segments) {
            if (segment.trusted() && !open) {
                ranges.starts.add(at);
            } else if (!segment.trusted() && open && !segment.text().isEmpty()) {
                ranges.ends.add(at);
            }
            open = segment.text().isEmpty() ? open || segment.trusted() : segment.trusted();
            at += segment.text().length();
        }
        if (open) {
            ranges.ends.add(at);
        }
        return ranges;
    }

    boolean isEmpty() {
        return starts.size() == 0;
    }

    boolean covers(int from, int to) {
        int low = 0;
        int high = starts.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts.get(middle) <= from) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && to <= ends.get(high);
    }
}
