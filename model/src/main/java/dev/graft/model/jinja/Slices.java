package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Python's {@code [from:to:step]}. */
final class Slices {
    private Slices() {}

    static List<Object> of(List<Object> items, Optional<Long> from, Optional<Long> to, long step) {
        if (step == 0) {
            throw new JinjaException("slice step cannot be zero");
        }
        long size = items.size();
        boolean forward = step > 0;
        long start = from.map(at -> bound(at, size, forward)).orElse(forward ? 0 : size - 1);
        long end = to.map(at -> bound(at, size, forward)).orElse(forward ? size : -1);
        List<Object> slice = new ArrayList<>();
        for (long at = start; forward ? at < end : at > end; at += step) {
            slice.add(items.get((int) at));
        }
        return slice;
    }

    private static long bound(long at, long size, boolean forward) {
        long index = at < 0 ? at + size : at;
        return forward ? Math.clamp(index, 0, size) : Math.clamp(index, -1, size - 1);
    }
}
