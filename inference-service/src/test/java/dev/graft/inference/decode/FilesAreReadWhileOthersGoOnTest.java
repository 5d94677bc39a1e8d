package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultKind;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.ScaledAdapter;
import dev.graft.inference.adapter.files.Sha256;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.decode.RunningEngine.Way;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More adapters than slots, on the real model. */
@Timeout(300)
class FilesAreReadWhileOthersGoOnTest {
    private static final int SLOTS = 3;

    @TempDir
    Path folder = Path.of("unset");

    private final Reads reads = new Reads();
    private volatile boolean outOfMemory;
    private final List<AdapterRef> lost = Collections.synchronizedList(new ArrayList<>());

    @SuppressWarnings("NullAway.Init")
    private RunningEngine engine;

    @AfterEach
    void stop() throws Exception {
        reads.release();
        engine.close();
    }

    @BeforeEach
    void start() throws Exception {
        start(SLOTS);
    }

    private void start(int slots) throws Exception {
        engine = new RunningEngine(slots, Way.KERNELS, reads, new SlotMeters(new SimpleMeterRegistry()) {
            @Override
            public void read(long nanos) {
                if (outOfMemory) {
                    throw new OutOfMemoryError("said by a test");
                }
            }
        });
        engine.adapters.onLoss(lost::add);
    }

    private Path file(int number) {
        return folder.resolve(number + ".gguf");
    }

    /** The first ones are in memory, the others wait on disk. */
    private AdapterRef load(int number) throws Exception {
        LlamaModelFile base = LlamaModelFile.check(GgufFile.read(RunningEngine.MODEL));
        new RandomAdapter(Set.of(Target.Q, Target.V), 4, 8, 0.05, number + 1).writeTo(file(number), base);
        AdapterRef ref = new AdapterRef("random", number + 1, Sha256.of(file(number)));
        engine.adapters.load(ref, file(number));
        return ref;
    }

    private List<AdapterRef> loadMoreThanSlots() throws Exception {
        List<AdapterRef> refs = new ArrayList<>();
        for (int i = 0; i <= SLOTS; i++) {
            refs.add(load(i));
        }
        return refs;
    }

    private Ticket ask(Optional<AdapterRef> adapter, int tokens) {
        return engine.submit(new Request.Generate(
                "r",
                new Terms(adapter.map(ScaledAdapter::asItIs), 0, Optional.empty()),
                engine.tokens("The shortest way from the station to the river is"),
                RunningEngine.greedy(tokens),
                1,
                Optional.empty(),
                false));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofMinutes(1));
    }

    private int generationOf(Ticket ticket) throws InterruptedException {
        return RunningEngine.done(RunningEngine.read(ticket)).served().generation();
    }

    @Test
    void othersBeginWhileAnAdapterIsRead() throws Exception {
        List<AdapterRef> refs = loadMoreThanSlots();
        reads.hold();
        Ticket late = ask(Optional.of(refs.getLast()), 4);
        soon().until(() -> reads.begun() == 1);

        assertThat(generationOf(ask(Optional.empty(), 4))).isZero();
        assertThat(generationOf(ask(Optional.of(refs.getFirst()), 4))).isEqualTo(1);
        assertThat(late.begun()).isNotDone();

        reads.release();
        assertThat(generationOf(late)).isEqualTo(SLOTS + 1);
    }

    @Test
    void whoWaitedForAnAdapterGoesFirstOnceItIsThere() throws Exception {
        engine.close();
        start(1);
        load(0);
        AdapterRef onDisk = load(1);
        reads.hold();
        Ticket late = ask(Optional.of(onDisk), 4);
        soon().until(() -> reads.begun() == 1);
        Ticket running = ask(Optional.empty(), 400);
        running.begun().join();
        Ticket next = ask(Optional.empty(), 400);
        reads.release();
        soon().until(() -> reads.ended() == 1);
        running.close();

        assertThat(generationOf(late)).isEqualTo(2);
        assertThat(next.ended()).isFalse();
        assertThat(reads.begun()).as("read once, kept for whoever waited").isEqualTo(1);
        next.close();
    }

    @Test
    void theLeastRecentlyUsedLeavesItsSlot() throws Exception {
        List<AdapterRef> refs = loadMoreThanSlots();
        for (int used : new int[] {0, 1, 2, 0}) {
            assertThat(generationOf(ask(Optional.of(refs.get(used)), 2))).isEqualTo(used + 1);
        }
        assertThat(reads.begun()).isZero();
        assertThat(generationOf(ask(Optional.of(refs.get(3)), 2))).isEqualTo(4);
        assertThat(reads.begun()).isEqualTo(1);
        for (int kept : new int[] {0, 2, 3}) {
            assertThat(generationOf(ask(Optional.of(refs.get(kept)), 2))).isEqualTo(kept + 1);
        }
        assertThat(reads.begun()).as("the others are in memory still").isEqualTo(1);
        assertThat(generationOf(ask(Optional.of(refs.get(1)), 2))).isEqualTo(2);
        assertThat(reads.begun()).as("the second had left").isEqualTo(2);
    }

    /** The one that is retired keeps its slot while its answer runs; the one without a slot is in memory only. */
    @Test
    void aRetiredOneThatAnswersStillTakesRoomAndASlot() throws Exception {
        engine.close();
        start(2);
        AdapterRef retired = load(0);
        load(1);
        Ticket running = ask(Optional.of(retired), 400);
        running.begun().join();
        engine.adapters.unload(retired);
        AdapterRef third = load(2);
        assertThat(generationOf(ask(Optional.of(third), 2))).isEqualTo(3);
        assertThat(reads.begun()).as("no room for it before").isEqualTo(1);
        running.close();
    }

    @Test
    void aFileThatBecameAnotherIsNotServedInItsPlace() throws Exception {
        AdapterRef onDisk = loadMoreThanSlots().getLast();
        Files.copy(file(0), file(SLOTS), StandardCopyOption.REPLACE_EXISTING);
        assertThatIsLost(onDisk);
    }

    @Test
    void aFileThatIsGoneIsLost() throws Exception {
        AdapterRef onDisk = loadMoreThanSlots().getLast();
        Files.delete(file(SLOTS));
        assertThatIsLost(onDisk);
    }

    private void assertThatIsLost(AdapterRef ref) throws Exception {
        List<AnswerEvent> events = RunningEngine.read(ask(Optional.of(ref), 2));
        assertThat(events.getLast()).isInstanceOfSatisfying(AnswerEvent.Failed.class, failed -> {
            Fault fault = failed.fault();
            assertThat(fault.code()).isEqualTo("adapter_loading");
            assertThat(fault.kind()).isEqualTo(FaultKind.CAPACITY);
        });
        soon().untilAsserted(() -> assertThat(lost).containsExactly(ref));
        assertThat(engine.adapters.loaded()).doesNotContain(ref);

        assertThat(load(SLOTS)).isEqualTo(ref);
        assertThat(generationOf(ask(Optional.of(ref), 2))).isEqualTo(SLOTS + 1);
    }

    @Test
    void aReadThatFindsNoMemoryFailsItsRequestsAndIsTriedAgain() throws Exception {
        AdapterRef onDisk = loadMoreThanSlots().getLast();
        outOfMemory = true;
        for (int i = 0; i < 2; i++) {
            assertThat(RunningEngine.read(ask(Optional.of(onDisk), 2)).getLast())
                    .isInstanceOfSatisfying(
                            AnswerEvent.Failed.class,
                            failed -> assertThat(failed.fault().code()).isEqualTo("no_memory"));
        }
        outOfMemory = false;
        assertThat(generationOf(ask(Optional.of(onDisk), 2))).isEqualTo(SLOTS + 1);
    }

    @Test
    void theSameBytesInAnotherFileAreServed() throws Exception {
        AdapterRef onDisk = loadMoreThanSlots().getLast();
        Path copy = Files.copy(file(SLOTS), folder.resolve("copy"));
        Files.move(copy, file(SLOTS), StandardCopyOption.REPLACE_EXISTING);
        assertThat(generationOf(ask(Optional.of(onDisk), 2))).isEqualTo(SLOTS + 1);
        assertThat(lost).isEmpty();
    }
}
