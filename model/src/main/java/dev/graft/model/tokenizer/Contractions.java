package dev.graft.model.tokenizer;

/** The English endings 's, 't, 'm, 'd, 're, 've, 'll, which are words of their own. */
final class Contractions {
    private Contractions() {}

    /** Characters of the contraction at {@code at}, 0 where there is none. */
    static int length(int[] points, int at, int to, boolean anyCase) {
        if (points[at] != '\'' || at + 1 >= to) {
            return 0;
        }
        int first = letter(points[at + 1], anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return 2;
        }
        int second = at + 2 < to ? letter(points[at + 2], anyCase) : CodePoints.OUTSIDE;
        boolean two = (second == 'e' && (first == 'r' || first == 'v')) || (second == 'l' && first == 'l');
        return two ? 3 : 0;
    }

    private static int letter(int point, boolean anyCase) {
        return anyCase ? Character.toLowerCase(point) : point;
    }
}
