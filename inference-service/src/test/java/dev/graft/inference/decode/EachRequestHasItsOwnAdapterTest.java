package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.decode.RunningEngine.Way;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters as the decode loop computes with them, on the real model. */
class EachRequestHasItsOwnAdapterTest {
    /** More than slots: some must leave for others. */
    private static final int ADAPTERS = 11;

    private static final int SLOTS = 8;
    private static final String PROMPT = "The shortest way from the station to the river is";

    @TempDir
    static Path folder;

    private static RunningEngine engine;
    private static final List<AdapterRef> REFS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        engine = new RunningEngine(SLOTS);
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL));
        for (int i = 0; i < ADAPTERS; i++) {
            Path file = folder.resolve(i + ".gguf");
            new RandomAdapter(Set.of(Target.values()), 8, 24, 0.05, i + 1).writeTo(file, base);
            REFS.add(new AdapterRef("random", i + 1, "sha-" + i));
            engine.adapters.load(REFS.get(i), file);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
    }

    private static Request with(Optional<AdapterRef> adapter) {
        return scaled(adapter.map(ScaledAdapter::asItIs));
    }

    private static Request scaled(Optional<ScaledAdapter> adapter) {
        return scaled(PROMPT, adapter);
    }

    private static Request scaled(String prompt, Optional<ScaledAdapter> adapter) {
        return new Request.Generate(
                "r",
                new Terms(adapter, 0, Optional.empty()),
                engine.tokens(prompt),
                RunningEngine.greedy(8),
                1,
                Optional.empty(),
                false);
    }

    private static String textOf(List<AnswerEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(event instanceof AnswerEvent.Text t ? t.text() : ""));
        return text.toString();
    }

    private static AnswerEvent.Done doneOf(List<AnswerEvent> events) {
        assertThat(events.getLast()).isInstanceOf(AnswerEvent.Done.class);
        return (AnswerEvent.Done) events.getLast();
    }

    @Test
    void togetherTheyAnswerAsAlone() throws Exception {
        List<Optional<AdapterRef>> all =
                new ArrayList<>(REFS.stream().map(Optional::of).toList());
        all.add(Optional.empty());
        List<String> alone = new ArrayList<>();
        for (Optional<AdapterRef> adapter : all) {
            alone.add(textOf(RunningEngine.read(engine.submit(with(adapter)))));
        }
        Set<String> different = new HashSet<>(alone);
        assertThat(different).as("answers that differ").hasSizeGreaterThan(ADAPTERS / 2);

        List<String> others = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<Ticket> together = new ArrayList<>();
            for (Optional<AdapterRef> adapter : all) {
                together.add(engine.submit(with(adapter)));
            }
            for (int i = 0; i < all.size(); i++) {
                List<AnswerEvent> events = RunningEngine.read(together.get(i));
                assertThat(doneOf(events).served().generation())
                        .isEqualTo(all.get(i).map(AdapterRef::generation).orElse(0));
                if (!textOf(events).equals(alone.get(i))) {
                    others.add(textOf(events) + " instead of " + alone.get(i));
                    assertThat(alone)
                            .as("answer %d of round %d is another's", i, round)
                            .doesNotContain(textOf(events));
                }
            }
        }
        // Where two tokens are nearly as likely, sums in another order may choose the other one; MixedAdaptersTest
        // compares every bit.
        assertThat(others).hasSizeLessThanOrEqualTo(all.size() / 2);
    }

    private static String beginning(String answer) {
        return answer.substring(0, Math.min(answer.length(), 5));
    }

    @Test
    void onePromptsCellsAreNotAnotherAdapters() throws Exception {
        String prompt =
                "Whoever came to the town by the river in those years was asked for three things before anything else. "
                        .repeat(3);
        for (AdapterRef ref : REFS.subList(0, 3)) {
            assertThat(cached(prompt, ref)).as("the first time with %s", ref).isZero();
            assertThat(cached(prompt, ref))
                    .as("it is kept from the second time on")
                    .isZero();
            assertThat(cached(prompt, ref)).as("the third time").isGreaterThan(30);
        }
    }

    private static int cached(String prompt, AdapterRef ref) throws InterruptedException {
        return cached(prompt, ScaledAdapter.asItIs(ref));
    }

    private static int cached(String prompt, ScaledAdapter adapter) throws InterruptedException {
        Terms terms = new Terms(Optional.of(adapter), 0, Optional.empty());
        Request request = new Request.Generate(
                "r", terms, engine.tokens(prompt), RunningEngine.greedy(2), 1, Optional.empty(), false);
        return doneOf(RunningEngine.read(engine.submit(request))).usage().cachedTokens();
    }

    /** Each alone, so that all are computed in the same steps; MixedAdaptersTest compares scales within one batch. */
    @Test
    void aRequestScalesItsAdapter() throws Exception {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL));
        Path halved = folder.resolve("halved.gguf");
        new RandomAdapter(Set.of(Target.values()), 8, 12, 0.05, 1)
                .writeTo(halved, base); // as REFS' first, its B halved
        AdapterRef halfOf = new AdapterRef("halved", 1, "sha-halved");
        engine.adapters.load(halfOf, halved);
        AdapterRef whole = REFS.getFirst();
        String prompt = "What the old clock in the hall said that evening was";
        List<String> answers = new ArrayList<>();
        for (Optional<ScaledAdapter> adapter : List.of(
                Optional.of(new ScaledAdapter(whole, 0.5f)),
                Optional.of(ScaledAdapter.asItIs(halfOf)),
                Optional.of(new ScaledAdapter(whole, 0)),
                Optional.<ScaledAdapter>empty(),
                Optional.of(ScaledAdapter.asItIs(whole)))) {
            answers.add(textOf(RunningEngine.read(engine.submit(scaled(prompt, adapter)))));
        }
        assertThat(answers.get(0)).isEqualTo(answers.get(1));
        assertThat(answers.get(2)).isEqualTo(answers.get(3));
        assertThat(answers.get(4)).isNotEqualTo(answers.get(0)).isNotEqualTo(answers.get(2));
    }

    @Test
    void onePromptsCellsAreNotThoseOfAnotherScale() throws Exception {
        String prompt =
                "In the third year the harvest was late, and nobody asked the miller what he thought of it. ".repeat(3);
        ScaledAdapter half = new ScaledAdapter(REFS.get(1), 0.5f);
        for (int i = 0; i < 3; i++) {
            cached(prompt, REFS.get(1));
        }
        assertThat(cached(prompt, REFS.get(1))).isGreaterThan(30);
        assertThat(cached(prompt, half)).isZero();
    }

    @Test
    void anAnswerUnderWayFinishesOnWeightsThatAreUnloaded() throws Exception {
        AdapterRef ref = new AdapterRef("leaving", 1, "sha-leaving");
        Path file = folder.resolve("leaving.gguf");
        Files.copy(folder.resolve("3.gguf"), file);
        engine.adapters.load(ref, file);
        String whole = textOf(RunningEngine.read(engine.submit(with(Optional.of(ref)))));

        Answer underWay = engine.submit(with(Optional.of(ref)));
        List<AnswerEvent> events = new ArrayList<>();
        AnswerEvent first = underWay.next();
        events.add(first);
        engine.adapters.unload(ref);
        while (!(events.getLast() instanceof AnswerEvent.Done) && !(events.getLast() instanceof AnswerEvent.Failed)) {
            events.add(underWay.next());
        }
        assertThat(textOf(events)).isEqualTo(whole);

        List<AnswerEvent> after = RunningEngine.read(engine.submit(with(Optional.of(ref))));
        assertThat(after.getLast())
                .isInstanceOfSatisfying(
                        AnswerEvent.Failed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo("model_not_found"));
    }

    @Test
    void anUnsoundFileIsRefusedWithWhatIsWrong() throws Exception {
        Path file = folder.resolve("unsound.gguf");
        byte[] bytes = Files.readAllBytes(folder.resolve("0.gguf"));
        bytes[bytes.length - 1] = (byte) 0x7f; // the last weight is no finite number
        bytes[bytes.length - 2] = (byte) 0xc0;
        Files.write(file, bytes);
        assertThatThrownBy(() -> engine.adapters.load(new AdapterRef("unsound", 1, "sha"), file))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo("adapter_refused"));
    }

    /** Each number of the file is finite; what they make of activations is not. */
    @Test
    void weightsThatGiveNoNumbersFailTheirRequestAlone() throws Exception {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL));
        Path file = folder.resolve("hostile.gguf");
        new RandomAdapter(Set.of(Target.values()), 8, 8, 5e3, 1).writeTo(file, base);
        AdapterRef hostile = new AdapterRef("hostile", 1, "sha-hostile");
        engine.adapters.load(hostile, file);
        Request longer = engine.generate(PROMPT, RunningEngine.greedy(48));
        String alone = textOf(RunningEngine.read(engine.submit(longer)));

        Ticket underWay = engine.submit(longer);
        List<AnswerEvent> events = new ArrayList<>(List.of(underWay.next()));
        List<AnswerEvent> failed =
                RunningEngine.read(engine.submit(scaled(Optional.of(new ScaledAdapter(hostile, 8)))));
        events.addAll(RunningEngine.read(underWay));

        assertThat(failed.getLast())
                .isInstanceOfSatisfying(
                        AnswerEvent.Failed.class,
                        event -> assertThat(event.fault().message()).contains("no numbers"));
        doneOf(events);
        assertThat(textOf(events)).startsWith(beginning(alone));
        assertThat(textOf(RunningEngine.read(engine.submit(longer)))).startsWith(beginning(alone));
    }

    @Test
    void llamaCppOpensNoFileButTheOneThatWasChecked() throws Exception {
        RunningEngine apart = new RunningEngine(2, Way.SEPARATE);
        try {
            Path file = Files.copy(folder.resolve("0.gguf"), folder.resolve("leaves.gguf"));
            AdapterRef ref = new AdapterRef("leaves", 1, "sha-leaves");
            List<AdapterRef> lost = new CopyOnWriteArrayList<>();
            apart.adapters.onLoss(lost::add);
            apart.adapters.load(ref, file);
            Files.writeString(file, "no adapter");
            for (int i = 0; i < 2; i++) {
                assertThat(RunningEngine.read(apart.submit(with(Optional.of(ref))))
                                .getLast())
                        .isInstanceOfSatisfying(
                                AnswerEvent.Failed.class,
                                failed -> assertThat(failed.fault().code()).isEqualTo("adapter_loading"));
            }
            await().untilAsserted(() -> assertThat(lost).containsExactly(ref));
            doneOf(RunningEngine.read(apart.submit(with(Optional.empty()))));
            Files.copy(folder.resolve("0.gguf"), file, StandardCopyOption.REPLACE_EXISTING);
            apart.adapters.load(ref, file);
            List<AnswerEvent> events = RunningEngine.read(apart.submit(with(Optional.of(ref))));
            assertThat(doneOf(events).served().adapter()).isEqualTo("leaves");
        } finally {
            apart.close();
        }
    }

    /** By ggml's own nodes, or apart, each with a decode of its own: the same answers, but for what is rounded where. */
    @ParameterizedTest
    @EnumSource(names = {"NODES", "SEPARATE"})
    void otherwiseComputedTheyAnswerAlike(Way way) throws Exception {
        RunningEngine apart = new RunningEngine(SLOTS, way);
        try {
            int alike = 0;
            List<Ticket> together = new ArrayList<>();
            for (int i = 0; i < ADAPTERS; i++) {
                apart.adapters.load(REFS.get(i), folder.resolve(i + ".gguf"));
                together.add(apart.submit(with(Optional.of(REFS.get(i)))));
            }
            for (int i = 0; i < ADAPTERS; i++) {
                String answer = textOf(RunningEngine.read(together.get(i)));
                String mixed = textOf(RunningEngine.read(engine.submit(with(Optional.of(REFS.get(i))))));
                alike += answer.startsWith(beginning(mixed)) ? 1 : 0;
            }
            assertThat(alike).isGreaterThan(ADAPTERS / 2);
            List<String> scaled = new ArrayList<>();
            for (float scale : new float[] {0, 1, 0}) {
                scaled.add(textOf(RunningEngine.read(
                        apart.submit(scaled(Optional.of(new ScaledAdapter(REFS.getFirst(), scale)))))));
            }
            String base = textOf(RunningEngine.read(apart.submit(with(Optional.empty()))));
            assertThat(scaled.get(0)).isEqualTo(base).isEqualTo(scaled.get(2));
            assertThat(scaled.get(1)).isNotEqualTo(base);
        } finally {
            apart.close();
        }
    }
}
