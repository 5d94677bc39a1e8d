package dev.graft.model.tokenizer;

/**
 * GPT-2's words: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, as a hand-written scan without backtracking
 * (llama.cpp, {@code unicode_regex_split_custom_gpt2}).
 */
final class Gpt2Splitter implements Splitter {
    @Override
    public void split(int[] points, int from, int to, Ints ends) {
        int at = from;
        while (at < to) {
            at = wordEnd(points, at, to);
            ends.add(at);
        }
    }

    private static int wordEnd(int[] points, int at, int to) {
        int contraction = Contractions.length(points, at, to, false);
        if (contraction > 0) {
            return at + contraction;
        }
        int start = points[at] == ' ' ? at + 1 : at;
        int first = start < to ? points[start] : CodePoints.OUTSIDE;
        if (CodePoints.isLetter(first)) {
            return Runs.end(points, start, to, CodePoints::isLetter);
        }
        if (CodePoints.isNumber(first)) {
            return Runs.end(points, start, to, CodePoints::isNumber);
        }
        if (CodePoints.isOther(first)) {
            return Runs.end(points, start, to, CodePoints::isOther);
        }
        return Runs.spaceEnd(points, at, to);
    }
}
