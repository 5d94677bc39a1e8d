package dev.graft.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.llama.AdapterWeights.Matrix;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.AdapterWeights.WeightType;
import dev.graft.llama.StepsOfAllShapes.Row;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of sequences with different adapters, on the real model, step after step: what each gets is what it would get alone. */
class MixedAdaptersTest {
    private static final Path MODEL =
            Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final int[] RANKS = {4, 8, 16, 16, 33, 64};
    private static final int MOST_RANK = 64;
    private static final int BASE = 0;

    /** What computes adapters: Graft's kernels, or nodes of ggml's. */
    enum Way {
        KERNELS,
        NODES;

        void mix(LlamaContext context, int slots, Precision precision) {
            if (this == KERNELS) {
                context.mixAdapters(placeholder, slots);
            } else {
                context.mixAdaptersByNodes(placeholderForNodes, slots, MOST_RANK, precision);
            }
        }
    }

    @TempDir
    static Path folder;

    private static LlamaModel model;
    private static LlamaAdapter placeholder;
    private static LlamaAdapter placeholderForNodes;
    private static final List<AdapterOnDisk> ADAPTERS = new ArrayList<>();

    @BeforeAll
    static void load() throws IOException {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(MODEL));
        model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), MODEL, 0, Products.PACKED);
        placeholder = LlamaAdapter.open(
                model,
                AdapterOnDisk.write(folder, RandomAdapter.ofAllTargets(1, 0), base)
                        .file());
        placeholderForNodes = LlamaAdapter.open(
                model,
                AdapterOnDisk.write(folder, RandomAdapter.ofAllTargets(MOST_RANK, 1000), base)
                        .file());
        for (int i = 0; i < RANKS.length; i++) {
            Set<Target> targets = i % 2 == 0 ? Set.of(Target.Q, Target.V) : Set.of(Target.values());
            RandomAdapter adapter = new RandomAdapter(targets, RANKS[i], 2 * RANKS[i], 0.05, i + 1);
            ADAPTERS.add(AdapterOnDisk.write(folder, adapter, base));
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, micro-batches of {3}")
    @CsvSource({
        "KERNELS,RAGGED,F16,256",
        "KERNELS,RAGGED,F32,256",
        "KERNELS,RAGGED,F16,32",
        "KERNELS,FLASH,F32,256",
        "KERNELS,PLAIN,F16,32",
        "KERNELS,RAGGED,Q8,256",
        "KERNELS,FLASH,Q8,32",
        "NODES,RAGGED,F16,32",
        "NODES,FLASH,F32,256"
    })
    void eachSequenceGetsWhatItWouldGetAmongItsLike(Way way, Attention attention, Precision precision, int microBatch)
            throws IOException {
        List<Row> mixed = run(way, attention, precision, microBatch, Optional.empty());
        assertThat(mixed).hasSizeGreaterThan(100);
        for (int slot = BASE; slot <= RANKS.length; slot++) {
            List<Row> alike = run(way, attention, precision, microBatch, Optional.of(slot));
            int compared = 0;
            for (int i = 0; i < mixed.size(); i++) {
                if (mixed.get(i).slot() == slot) {
                    assertThat(mixed.get(i).logits())
                            .as("row %d, slot %d", i, slot)
                            .isEqualTo(alike.get(i).logits());
                    compared++;
                }
            }
            assertThat(compared).as("rows of slot %d", slot).isPositive();
        }
    }

    /** Of another adapter the logits are others: the test above compares something. */
    @Test
    void adaptersChangeWhatIsSaid() throws IOException {
        List<Row> base = run(Attention.RAGGED, Precision.F16, 256, Optional.of(BASE));
        List<Row> adapted = run(Attention.RAGGED, Precision.F16, 256, Optional.of(2));
        int same = 0;
        for (int i = 0; i < base.size(); i++) {
            same += Logits.likeliest(base.get(i).logits())
                            == Logits.likeliest(adapted.get(i).logits())
                    ? 1
                    : 0;
        }
        assertThat(same).isLessThan(base.size() * 9 / 10);
    }

    @ParameterizedTest
    @EnumSource
    void aBatchWithoutAdaptersIsThatOfAContextWithoutThem(Way way) throws IOException {
        List<Row> withSlots = run(way, Attention.RAGGED, Precision.F16, 256, Optional.of(BASE));
        List<Row> without;
        try (LlamaContext context = open(Attention.RAGGED, 256)) {
            without = StepsOfAllShapes.compute(context, model, RANKS.length, Optional.of(BASE));
        }
        for (int i = 0; i < without.size(); i++) {
            assertThat(withSlots.get(i).logits())
                    .as("row %d", i)
                    .isEqualTo(without.get(i).logits());
        }
    }

    /**
     * llama.cpp's own path rounds activations elsewhere, which on a quantized model changes logits: by no more than it changes them itself where it
     * computes attention in another way.
     */
    @Test
    void anAdapterChangesLogitsAsLlamaCppsOwnPathDoes() throws IOException {
        List<Row> base = run(Attention.RAGGED, Precision.F32, 256, Optional.of(BASE));
        for (int slot = 1; slot <= RANKS.length; slot++) {
            List<Row> theirs = theirs(slot, Attention.RAGGED);
            double noise = distance(theirs, theirs(slot, Attention.FLASH));
            assertThat(noise).as("noise, slot %d", slot).isLessThan(0.25 * distance(base, theirs));
            for (Way way : Way.values()) {
                List<Row> ours = run(way, Attention.RAGGED, Precision.F32, 256, Optional.of(slot));
                assertThat(distance(ours, theirs)).as("slot %d, %s", slot, way).isLessThan(1.5 * noise);
            }
        }
    }

    private static List<Row> theirs(int slot, Attention attention) {
        try (LlamaContext context = open(attention, 256)) {
            context.attach(LlamaAdapter.open(model, ADAPTERS.get(slot - 1).file()));
            return StepsOfAllShapes.compute(context, model, RANKS.length, Optional.of(BASE));
        }
    }

    private static double distance(List<Row> a, List<Row> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += Logits.distance(a.get(i).logits(), b.get(i).logits());
        }
        return sum;
    }

    /** Sequences of one batch with one adapter, each scaled in its own way: what each gets is what an adapter with a B of that size gives. */
    @ParameterizedTest
    @EnumSource
    void eachTokenScalesItsAdapter(Way way) throws IOException {
        RandomAdapter whole = new RandomAdapter(Set.of(Target.values()), 16, 32, 0.05, 77);
        RandomAdapter halved = new RandomAdapter(Set.of(Target.values()), 16, 16, 0.05, 77);
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(MODEL));
        try (LlamaContext context = open(Attention.RAGGED, 256);
                AdapterWeights first = AdapterOnDisk.write(folder, whole, base).weights(Precision.F32);
                AdapterWeights second =
                        AdapterOnDisk.write(folder, halved, base).weights(Precision.F32)) {
            way.mix(context, 2, Precision.F32);
            context.slot(1, Optional.of(first));
            context.slot(2, Optional.of(second));
            List<float[]> scaled = rows(
                    context,
                    new AdapterUse(1, 0.5f),
                    new AdapterUse(1, 1),
                    new AdapterUse(1, 0),
                    new AdapterUse(2, 2),
                    new AdapterUse(1, -0.5f),
                    new AdapterUse(0, 3));
            List<float[]> likes = rows(
                    context,
                    new AdapterUse(2, 1),
                    new AdapterUse(1, 1),
                    new AdapterUse(0, 1),
                    new AdapterUse(1, 1),
                    new AdapterUse(2, -1),
                    new AdapterUse(0, 1));
            for (int i = 0; i < scaled.size(); i++) {
                assertThat(scaled.get(i)).as("sequence %d", i).isEqualTo(likes.get(i));
            }
            assertThat(Logits.distance(scaled.get(0), scaled.get(1)))
                    .as("half of it is not all of it")
                    .isPositive();
        }
    }

    /** Its weights are finite, what comes of them is not: the sequence beside it, short enough to be computed together with it, must not see that. */
    @ParameterizedTest
    @EnumSource
    void whatOneAdapterMakesInfiniteStaysInItsSequence(Way way) throws IOException {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(MODEL));
        RandomAdapter huge = new RandomAdapter(Set.of(Target.values()), 8, 8, 5e3, 80);
        try (LlamaContext context = open(Attention.RAGGED, 256);
                AdapterWeights hostile = AdapterOnDisk.write(folder, huge, base).weights(Precision.F16)) {
            way.mix(context, 1, Precision.F16);
            context.slot(1, Optional.of(hostile));
            List<float[]> beside = longAndShort(context, new AdapterUse(1, 8));
            List<float[]> without = longAndShort(context, AdapterUse.NONE);
            assertThat(beside.getFirst()).contains(Float.NaN);
            assertThat(beside.getLast()).isEqualTo(without.getLast());
        }
    }

    /** The logits after many tokens of one sequence, and after one token of another on the base. */
    private static List<float[]> longAndShort(LlamaContext context, AdapterUse ofTheLong) {
        int tokens = 60;
        try (LlamaBatch batch = new LlamaBatch(tokens + 1, 1)) {
            batch.use(ofTheLong);
            for (int i = 0; i < tokens; i++) {
                batch.add(1000 + 7 * i, i, 0, i == tokens - 1);
            }
            batch.use(AdapterUse.NONE);
            batch.add(2000, 0, 1, true);
            context.decode(batch);
            List<float[]> rows = new ArrayList<>();
            for (int i = tokens - 1; i <= tokens; i++) {
                float[] row = new float[model.vocabularySize()];
                context.logits(i).copyTo(row);
                rows.add(row);
            }
            context.release(0);
            context.release(1);
            return rows;
        }
    }

    /** The logits after the same few tokens, once with each of these. */
    private static List<float[]> rows(LlamaContext context, AdapterUse... uses) {
        int tokens = 5;
        List<float[]> rows = new ArrayList<>();
        try (LlamaBatch batch = new LlamaBatch(uses.length * tokens, 1)) {
            for (int sequence = 0; sequence < uses.length; sequence++) {
                batch.use(uses[sequence]);
                for (int i = 0; i < tokens; i++) {
                    batch.add(1000 + 7 * i, i, sequence, i == tokens - 1);
                }
            }
            context.decode(batch);
            for (int sequence = 0; sequence < uses.length; sequence++) {
                float[] row = new float[model.vocabularySize()];
                context.logits(sequence * tokens + tokens - 1).copyTo(row);
                rows.add(row);
                context.release(sequence);
            }
        }
        return rows;
    }

    @Test
    void weightsThatDoNotFitIntoANodesSlotAreRefused() throws IOException {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(MODEL));
        try (LlamaContext context = open(Attention.RAGGED, 256);
                AdapterWeights floats = ADAPTERS.getFirst().weights(Precision.F32);
                AdapterWeights large = AdapterOnDisk.write(folder, RandomAdapter.ofAllTargets(MOST_RANK + 1, 78), base)
                        .weights(Precision.F16)) {
            Way.NODES.mix(context, 2, Precision.F16);
            for (AdapterWeights unfit : List.of(floats, large)) {
                assertThatThrownBy(() -> context.slot(1, Optional.of(unfit)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("slot 1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void weightsOfAnotherModelAreRefused(Way way) throws IOException {
        try (LlamaContext context = open(Attention.RAGGED, 256);
                AdapterWeights right = ADAPTERS.getFirst().weights(Precision.F16);
                AdapterWeights narrow = withOnePair(model.layers(), 64, 64, 1);
                AdapterWeights shallow = withOnePair(model.layers() - 1, model.embeddingSize(), 64, 1)) {
            way.mix(context, 2, Precision.F16);
            context.slot(1, Optional.of(right));
            List<float[]> before = rows(context, new AdapterUse(1, 1));
            for (AdapterWeights unfit : List.of(narrow, shallow)) {
                assertThatThrownBy(() -> context.slot(1, Optional.of(unfit)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("another model");
            }
            assertThat(rows(context, new AdapterUse(1, 1)).getFirst()).isEqualTo(before.getFirst());
        }
    }

    @Test
    void weightsThatTheirScaleMakesInfiniteAreRefused() {
        for (float scale : new float[] {Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN}) {
            assertThatThrownBy(() -> withOnePair(model.layers(), 64, 64, scale).close())
                    .isInstanceOf(LlamaException.class)
                    .hasMessageContaining("no finite number");
        }
    }

    /** More than there are addresses for; the weights are not read, since the memory for them is asked for first. */
    @Test
    void memoryThatIsShortIsNoFaultOfTheWeights() {
        int rank = 1 << 16;
        int inputs = Integer.MAX_VALUE / 16 * 16;
        try (Arena arena = Arena.ofConfined();
                AdapterWeights weights = new AdapterWeights(model.layers(), Precision.F16)) {
            MemorySegment any = arena.allocate(64);
            var a = new Matrix(WeightType.F16, any.reinterpret(2L * inputs * rank));
            var b = new Matrix(WeightType.F16, any.reinterpret(2L * 32 * rank));
            assertThatThrownBy(() -> weights.put(0, 0, inputs, 32, rank, 1, a, b))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessageContaining("no memory");
        }
    }

    /** Of q in the first layer, all its weights 2. */
    private static AdapterWeights withOnePair(int layers, int inputs, int outputs, float scale) {
        int rank = 4;
        AdapterWeights weights = new AdapterWeights(layers, scale == 1 ? Precision.F16 : Precision.F32);
        try (Arena arena = Arena.ofConfined()) {
            weights.put(0, 0, inputs, outputs, rank, scale, twos(arena, inputs * rank), twos(arena, outputs * rank));
            return weights;
        } catch (LlamaException e) {
            weights.close();
            throw e;
        }
    }

    private static AdapterWeights.Matrix twos(Arena arena, int count) {
        float[] numbers = new float[count];
        Arrays.fill(numbers, 2);
        return new AdapterWeights.Matrix(
                AdapterWeights.WeightType.F32, arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers));
    }

    /** What the callback counts at each step: it must meet the nodes of all targets. */
    @Test
    void aGraphThatLacksNodesIsVoid() throws IOException {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(MODEL));
        for (int rank : new int[] {1, MOST_RANK}) {
            LlamaAdapter few = LlamaAdapter.open(
                    model,
                    AdapterOnDisk.write(
                                    folder, new RandomAdapter(Set.of(Target.Q, Target.V), rank, rank, 0.05, 79), base)
                            .file());
            try (LlamaContext context = open(Attention.RAGGED, 256)) {
                if (rank == 1) {
                    context.mixAdapters(few, 1);
                } else {
                    context.mixAdaptersByNodes(few, 1, rank, Precision.F16);
                }
                assertThatThrownBy(() -> rows(context, AdapterUse.NONE))
                        .isInstanceOf(LlamaException.class)
                        .hasMessageContaining("void", "lacks nodes of the placeholder");
            }
        }
    }

    /** Whatever llama.cpp computes that was not planned is no answer; the next decode is as if nothing had been. */
    @ParameterizedTest
    @EnumSource
    void whatWasNotPlannedIsVoid(Way way) throws IOException {
        try (LlamaContext context = open(Attention.RAGGED, 256);
                AdapterWeights weights = ADAPTERS.getFirst().weights(Precision.F16)) {
            way.mix(context, 1, Precision.F16);
            context.slot(1, Optional.of(weights));
            List<float[]> before = rows(context, new AdapterUse(1, 1));
            int[] tokens = {1000, 1007, 1014, 1021};
            int[] others = {1000, 1007, 1015, 1021};
            assertVoid(context, tokens, 1, others, 1, "other tokens than were planned");
            assertVoid(
                    context, tokens, 1, new int[] {1000, 1007, 1014, 1021, 1028}, 1, "more tokens than were planned");
            assertVoid(context, tokens, 2, new int[] {1000, 1007, 1014}, 1, "fewer tokens were computed than planned");
            assertVoid(context, tokens, 2, tokens, 3, "shape that is not known");
            assertThat(rows(context, new AdapterUse(1, 1)).getFirst()).isEqualTo(before.getFirst());
        }
    }

    /** @param plannedRows how many of the last tokens' outputs are planned; computedRows are computed */
    private static void assertVoid(
            LlamaContext context, int[] planned, int plannedRows, int[] computed, int computedRows, String why) {
        try (LlamaBatch plan = batch(planned, plannedRows);
                LlamaBatch batch = batch(computed, computedRows)) {
            context.plan(plan);
            assertThatThrownBy(() -> context.compute(batch))
                    .isInstanceOf(LlamaException.class)
                    .hasMessageContainingAll("void", why);
        }
        context.release(0);
    }

    private static LlamaBatch batch(int[] tokens, int rows) {
        LlamaBatch batch = new LlamaBatch(tokens.length, 1);
        batch.slot(1);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i, 0, i >= tokens.length - rows);
        }
        return batch;
    }

    @Test
    void aSlotWithoutAnAdapterIsRefused() {
        try (LlamaContext context = open(Attention.RAGGED, 256);
                LlamaBatch batch = new LlamaBatch(8, 1)) {
            batch.slot(2);
            batch.add(100, 0, 0, true);
            assertThatThrownBy(() -> context.decode(batch)).hasMessageContaining("mixes no adapters");
            context.mixAdapters(placeholder, 3);
            assertThatThrownBy(() -> context.decode(batch)).hasMessageContaining("slot without an adapter");
            assertThatThrownBy(() -> context.slot(4, Optional.empty())).hasMessageContaining("no slot 4");
        }
    }

    private static LlamaContext open(Attention attention, int microBatch) {
        return LlamaContext.open(
                model, new ContextOptions(1024, 256, microBatch, StepsOfAllShapes.SEQUENCES, 2, attention, false));
    }

    private static List<Row> run(Attention attention, Precision precision, int microBatch, Optional<Integer> allOf)
            throws IOException {
        return run(Way.KERNELS, attention, precision, microBatch, allOf);
    }

    private static List<Row> run(
            Way way, Attention attention, Precision precision, int microBatch, Optional<Integer> allOf)
            throws IOException {
        List<AdapterWeights> weights = new ArrayList<>();
        try (LlamaContext context = open(attention, microBatch)) {
            way.mix(context, RANKS.length, precision);
            for (AdapterOnDisk adapter : ADAPTERS) {
                weights.add(adapter.weights(precision));
                context.slot(weights.size(), Optional.of(weights.getLast()));
            }
            return StepsOfAllShapes.compute(context, model, RANKS.length, allOf);
        } finally {
            weights.forEach(AdapterWeights::close);
        }
    }
}
