package dev.graft.model.tokenizer;

/**
 * Llama 3's words: {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}
 * (llama.cpp, {@code unicode_regex_split_custom_llama3}).
 *
 * @param digits digits of the longest number that is one word: 3 for Llama 3, 1 for Qwen 2
 */
record Llama3Splitter(int digits) implements Splitter {
    @Override
    public void split(int[] points, int from, int to, Ints ends) {
        int at = from;
        while (at < to) {
            at = wordEnd(points, at, to);
            ends.add(at);
        }
    }

    private int wordEnd(int[] points, int at, int to) {
        int contraction = Contractions.length(points, at, to, true);
        if (contraction > 0) {
            return at + contraction;
        }
        int point = points[at];
        int after = at + 1 < to ? points[at + 1] : CodePoints.OUTSIDE;
        if (CodePoints.isNumber(point)) {
            return Runs.end(points, at, Math.min(to, at + digits), CodePoints::isNumber);
        }
        if (!CodePoints.isNewline(point) && (CodePoints.isLetter(point) || CodePoints.isLetter(after))) {
            return Runs.end(points, at + 1, to, CodePoints::isLetter);
        }
        if (CodePoints.isOther(point == ' ' ? after : point)) {
            int end = Runs.end(points, point == ' ' ? at + 1 : at, to, CodePoints::isOther);
            return Runs.end(points, end, to, CodePoints::isNewline);
        }
        int newlineEnd = lastNewlineEnd(points, at, to);
        return newlineEnd > at ? newlineEnd : Runs.spaceEnd(points, at, to);
    }

    /** {@code \s*[\r\n]+}: behind the last newline of the space that begins here. */
    private static int lastNewlineEnd(int[] points, int at, int to) {
        int last = at;
        for (int i = at; i < to && CodePoints.isSpace(points[i]); i++) {
            if (CodePoints.isNewline(points[i])) {
                last = i + 1;
            }
        }
        return last;
    }
}
