package dev.graft.model.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds special tokens by their texts: the longest text first, all its places from the left, then the next in what is left (llama.cpp,
 * {@code tokenizer_st_partition}).
 */
final class Specials {
    /** @param everywhere also in what people wrote: true of words that a vocabulary merely adds, never of control tokens */
    private record Special(int token, String text, boolean everywhere) {}

    private final List<Special> specials = new ArrayList<>();

    /** @param chatTemplate added words that stand in it are markers of roles, and are guarded as control tokens are */
    Specials(Vocabulary vocabulary, String chatTemplate) {
        for (int token = 0; token < vocabulary.size(); token++) {
            TokenType type = vocabulary.type(token);
            String text = vocabulary.text(token);
            if (type.isSpecial() || type == TokenType.USER_DEFINED) {
                boolean marker = !text.isBlank() && text.length() > 1 && chatTemplate.contains(text);
                specials.add(new Special(token, text, type == TokenType.USER_DEFINED && !marker));
            }
        }
        specials.sort(
                Comparator.comparingInt((Special special) -> special.text().length())
                        .reversed());
    }

    List<Fragment> split(String text, TrustedRanges trusted) {
        List<Fragment> fragments = text.isEmpty() ? List.of() : List.of(new Fragment(0, text.length(), Fragment.TEXT));
        for (Special special : specials) {
            if ((special.everywhere() || !trusted.isEmpty()) && text.contains(special.text())) {
                fragments = split(text, fragments, special, trusted);
            }
        }
        return fragments;
    }

    private static List<Fragment> split(String text, List<Fragment> fragments, Special special, TrustedRanges trusted) {
        List<Fragment> finer = new ArrayList<>(fragments.size() + 2);
        for (Fragment fragment : fragments) {
            if (!fragment.isText()) {
                finer.add(fragment);
                continue;
            }
            int rest = fragment.from();
            int at = find(text, special, rest, fragment.to(), trusted);
            while (at >= 0) {
                if (at > rest) {
                    finer.add(new Fragment(rest, at, Fragment.TEXT));
                }
                rest = at + special.text().length();
                finer.add(new Fragment(at, rest, special.token()));
                at = find(text, special, rest, fragment.to(), trusted);
            }
            if (rest < fragment.to()) {
                finer.add(new Fragment(rest, fragment.to(), Fragment.TEXT));
            }
        }
        return finer;
    }

    private static int find(String text, Special special, int from, int to, TrustedRanges trusted) {
        int length = special.text().length();
        int at = text.indexOf(special.text(), from, to);
        while (at >= 0 && !special.everywhere() && !trusted.covers(at, at + length)) {
            at = text.indexOf(special.text(), at + 1, to);
        }
        return at;
    }
}
