package dev.graft.model.tokenizer;

/** Splits text into words, inside which alone symbols merge. */
interface Splitter {
    /** Adds the end of each word of {@code points[from, to)} to {@code ends}, the last being {@code to}. */
    void split(int[] points, int from, int to, Ints ends);

    /** Splits by each in turn: the next one's words lie inside those of the one before. */
    static Splitter chain(Splitter... splitters) {
        return (points, from, to, ends) -> {
            Ints words = new Ints(16);
            words.add(to);
            for (Splitter splitter : splitters) {
                Ints finer = new Ints(words.size() * 2);
                int start = from;
                for (int i = 0; i < words.size(); i++) {
                    splitter.split(points, start, words.get(i), finer);
                    start = words.get(i);
                }
                words = finer;
            }
            for (int i = 0; i < words.size(); i++) {
                ends.add(words.get(i));
            }
        };
    }
}
