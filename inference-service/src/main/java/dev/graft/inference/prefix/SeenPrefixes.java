package dev.graft.inference.prefix;

import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Tokens;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which prefixes came before, as hashes of blocks of {@value #BLOCK} tokens, without keeping their cells. A prefix that comes a second
 * time is worth its cells; one that came once is not: a kept cell is one that running requests lack.
 */
final class SeenPrefixes {
    static final int BLOCK = 16;
    private static final int MOST_BLOCKS = 1 << 16;

    private final Map<Long, Boolean> blocks = new LinkedHashMap<>(1024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MOST_BLOCKS;
        }
    };

    /** How many of the first tokens came before with these weights, in whole blocks; from now on all of them have. */
    int seenBefore(Optional<ScaledAdapter> weights, Tokens tokens) {
        int seen = 0;
        boolean unbroken = true;
        long hash = 0xcbf29ce484222325L ^ weights.hashCode();
        for (int i = 0; i + BLOCK <= tokens.length(); i += BLOCK) {
            for (int j = i; j < i + BLOCK; j++) {
                hash = (hash ^ tokens.at(j)) * 0x100000001b3L;
                hash ^= hash >>> 29;
            }
            unbroken &= blocks.put(hash, true) != null;
            seen = unbroken ? i + BLOCK : seen;
        }
        return seen;
    }
}
