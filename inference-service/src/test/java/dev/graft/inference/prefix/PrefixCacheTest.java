package dev.graft.inference.prefix;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.request.Tokens;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a model of the cells: what each sequence holds at each position, and which token was computed into it. */
class PrefixCacheTest {
    private static final Optional<ScaledAdapter> BASE = Optional.empty();

    private static final int NUMBERS = 200;

    /** A cell is the list of tokens up to its position: two sequences may share it only where all these are the same. */
    private static final class ModelCells implements Cells {
        private final Map<Integer, Map<Integer, List<Integer>>> held = new HashMap<>();

        void compute(int sequence, Tokens tokens, int begin, int end) {
            for (int i = begin; i < end; i++) {
                put(sequence, i, prefix(tokens, i));
            }
        }

        private void put(int sequence, int position, List<Integer> cell) {
            held.computeIfAbsent(sequence, s -> new HashMap<>()).put(position, cell);
        }

        static List<Integer> prefix(Tokens tokens, int last) {
            List<Integer> prefix = new ArrayList<>();
            for (int i = 0; i <= last; i++) {
                prefix.add(tokens.at(i));
            }
            return prefix;
        }

        @Override
        public void share(int from, int to, int begin, int end) {
            Map<Integer, List<Integer>> cells = held.getOrDefault(from, Map.of());
            for (int i = begin; i < end; i++) {
                assertThat(cells).as("sequence %d at %d", from, i).containsKey(i);
                put(to, i, requireNonNull(cells.get(i)));
            }
        }

        @Override
        public void release(int sequence, int begin, int end) {
            held.getOrDefault(sequence, new HashMap<>()).keySet().removeIf(i -> i >= begin && i < end);
        }

        @Override
        public void release(int sequence) {
            held.remove(sequence);
        }

        int cells() {
            return held.values().stream().mapToInt(Map::size).sum();
        }
    }

    private final ModelCells cells = new ModelCells();
    private final SequenceNumbers numbers = new SequenceNumbers(NUMBERS);
    private final PrefixCache cache = new PrefixCache(cells, numbers, 120);

    private record Running(Tokens prompt, int sequence, PrefixCache.Lease lease) {}

    /** Two tokens only, so that prefixes collide at once. */
    @Test
    void aHundredThousandRandomRequestsNeverShareACellBeyondACommonPrefix() {
        Random random = new Random(7);
        List<Running> running = new ArrayList<>();
        for (int round = 0; round < 100_000; round++) {
            if (running.size() < 8 && random.nextBoolean()) {
                running.add(begin(random));
            } else if (!running.isEmpty()) {
                end(running.remove(random.nextInt(running.size())));
            }
            assertThat(cache.cells()).isLessThanOrEqualTo(120);
            if (random.nextInt(50) == 0) {
                cache.evictOne();
            }
        }
        running.forEach(this::end);
        assertThat(cells.cells()).as("cells at rest are the cache's").isEqualTo(cache.cells());
        while (cache.evictOne()) {
            assertThat(cells.cells()).isEqualTo(cache.cells());
        }
        assertThat(cache.cells()).isZero();
        assertThat(numbers.free()).isEqualTo(NUMBERS);
    }

    private Running begin(Random random) {
        int[] tokens = random.ints(1 + random.nextInt(40), 0, 2).toArray();
        Tokens prompt = Tokens.of(tokens);
        PrefixCache.Lease lease = cache.lookUp(BASE, prompt);
        int sequence = numbers.take();
        assertThat(lease.cached()).isLessThan(prompt.length());
        cache.share(lease, sequence);
        for (int i = 0; i < lease.cached(); i++) {
            assertThat(cells.held.getOrDefault(sequence, Map.of()).get(i)).isEqualTo(ModelCells.prefix(prompt, i));
        }
        cells.compute(sequence, prompt, lease.cached(), prompt.length());
        PrefixCache.Kept kept = cache.keep(lease, BASE, prompt, 1 + random.nextInt(prompt.length()), sequence);
        return new Running(prompt, sequence, kept.lease());
    }

    private void end(Running ended) {
        cells.release(ended.sequence);
        numbers.giveBack(ended.sequence);
        cache.end(ended.lease);
    }

    @Test
    void whatIsInUseIsNotEvicted() {
        Tokens prompt = Tokens.of(1, 2, 3, 4, 5);
        int sequence = numbers.take();
        cells.compute(sequence, prompt, 0, 5);
        PrefixCache.Kept kept = cache.keep(cache.lookUp(BASE, prompt), BASE, prompt, 4, sequence);
        assertThat(kept.cells()).isEqualTo(4);
        assertThat(cache.evictOne()).isFalse();
        cache.end(kept.lease());
        assertThat(cache.evictOne()).isTrue();
        assertThat(cache.cells()).isZero();
    }

    @Test
    void aPrefixIsWorthKeepingWhenItComesTheSecondTime() {
        int[] tokens = new Random(3).ints(50, 0, 1000).toArray();
        Tokens first = Tokens.of(tokens);
        tokens[45] = -1;
        Tokens second = Tokens.of(tokens);
        assertThat(cache.worthKeeping(BASE, first)).isZero();
        assertThat(cache.worthKeeping(BASE, second)).isEqualTo(32);
    }

    @Test
    void sequenceNumbersAreNeverLentTwice() {
        BitSet lent = new BitSet();
        for (int i = 0; i < NUMBERS; i++) {
            int number = numbers.take();
            assertThat(lent.get(number)).isFalse();
            lent.set(number);
        }
        assertThat(numbers.free()).isZero();
    }

    @Test
    void cellsAreThoseOfTheirWeights() {
        Optional<ScaledAdapter> first = Optional.of(ScaledAdapter.asItIs(new AdapterRef("reviews", 1, "a")));
        Optional<ScaledAdapter> second = Optional.of(ScaledAdapter.asItIs(new AdapterRef("reviews", 2, "b")));
        Tokens prompt = Tokens.of(1, 2, 3, 4, 5);
        int sequence = numbers.take();
        cells.compute(sequence, prompt, 0, 5);
        PrefixCache.Lease kept = cache.keep(cache.lookUp(first, prompt), first, prompt, 4, sequence)
                .lease();
        assertThat(cache.lookUp(first, prompt).cached()).isEqualTo(4);
        assertThat(cache.lookUp(second, prompt).cached()).isZero();
        assertThat(cache.lookUp(BASE, prompt).cached()).isZero();
        assertThat(kept.cached()).isZero();
    }

    /** Requests choose scales freely: a tree that remembered each would grow without end. */
    @Test
    void ofWeightsWithoutAPrefixNothingIsLeft() {
        PrefixTree tree = new PrefixTree(cells, numbers);
        AdapterRef reviews = new AdapterRef("reviews", 1, "a");
        Tokens prompt = Tokens.of(1, 2, 3, 4, 5);
        for (int i = 1; i <= 1000; i++) {
            tree.match(Optional.of(new ScaledAdapter(reviews, i / 1000f)), prompt, 4);
        }
        assertThat(tree.adapters()).isZero();
        int sequence = numbers.take();
        cells.compute(sequence, prompt, 0, 5);
        Optional<ScaledAdapter> half = Optional.of(new ScaledAdapter(reviews, 0.5f));
        tree.add(half, prompt, 4, sequence);
        assertThat(tree.match(half, prompt, 4).length()).isEqualTo(4);
        assertThat(tree.adapters()).isEqualTo(1);
        assertThat(tree.evictOne()).contains(4);
        assertThat(tree.adapters()).isZero();
    }
}
