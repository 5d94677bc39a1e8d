package dev.graft.inference.decode;

import dev.graft.contracts.Served;
import dev.graft.inference.admission.AdmissionQueue;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.observe.EngineMetrics;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.inference.observe.WeightTags;
import dev.graft.inference.request.Draw;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Tokens;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** The decode loop on the real model, without a service around it. */
final class RunningEngine implements AutoCloseable {
    static final Path MODEL = Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
    static final int CELLS = 4096;

    final LlamaModel model;
    final Tokenizer tokenizer;
    final AdmissionQueue queue;
    final DecodeLoop loop;
    final AdapterSlots adapters;
    private final Placeholder placeholder;
    private final SlotTable table;
    private final LlamaContext context;
    private final Embedder embedder;
    private final Thread thread;
    private final AtomicLong order = new AtomicLong();

    RunningEngine() throws IOException {
        this(8);
    }

    /** @param slots answers that are computed together */
    RunningEngine(int slots) throws IOException {
        this(slots, Way.KERNELS);
    }

    /** How adapters are computed. */
    enum Way {
        KERNELS,
        NODES,
        SEPARATE
    }

    RunningEngine(int slots, Way way) throws IOException {
        this(slots, way, Thread::startVirtualThread, new SlotMeters(new SimpleMeterRegistry()));
    }

    /** @param reads adapters' files that are not in memory */
    RunningEngine(int slots, Way way, Executor reads, SlotMeters meters) throws IOException {
        queue = new AdmissionQueue(slots, 64);
        LlamaLibrary library = LlamaLibrary.load(Optional.empty());
        model = LlamaModel.open(library, MODEL, 0, Products.fastest());
        tokenizer = Tokenizer.of(GgufFile.read(MODEL));
        LlamaModelFile facts = LlamaModelFile.check(GgufFile.read(MODEL));
        adapters = new AdapterSlots(new AdapterReader(facts, Precision.F16, 64), meters, slots, reads);
        MixingWay mixing =
                way == Way.NODES ? MixingWay.byNodes(adapters.reader()) : MixingWay.byKernels(adapters.reader());
        placeholder = Placeholder.open(model, adapters.reader(), mixing.rank());
        context = LlamaContext.open(model, new ContextOptions(CELLS, 256, slots, 2, Attention.RAGGED, false));
        table = way == Way.SEPARATE
                ? new SeparateSlots(model, context, 256, "a test")
                : SlotChoice.of(model, context, placeholder, mixing, adapters.count(), 256);
        embedder = new Embedder(model, 2048, 2, Attention.RAGGED);
        EngineOptions options = new EngineOptions(CELLS, 1024, 256, 64, 8, 256, 2);
        loop = new DecodeLoop(
                queue,
                context,
                adapters,
                table,
                embedder,
                options,
                texts(),
                Served.base("smollm2"),
                new EngineMetrics(new SimpleMeterRegistry(), new WeightTags()));
        thread = Thread.ofPlatform().name("decode").start(loop);
    }

    private TokenTexts texts() {
        return new TokenTexts() {
            @Override
            public byte[] bytes(int token) {
                return tokenizer.bytes(token);
            }

            @Override
            public boolean endOfGeneration(int token) {
                return tokenizer.endOfGeneration(token);
            }
        };
    }

    Tokens tokens(String text) {
        return Tokens.of(tokenizer.encode(text, true));
    }

    static Draw greedy(int maxTokens, String... stop) {
        return new Draw(maxTokens, 0, 0, 1, 0, 1, 0, 0, 64, 0, List.of(stop), Map.of());
    }

    Request.Generate generate(String prompt, Draw draw) {
        return new Request.Generate("r", Terms.USUAL, tokens(prompt), draw, 1, Optional.empty(), false);
    }

    Ticket submit(Request request) {
        Ticket ticket = new Ticket(queue::wake);
        queue.add(new Submission(request, ticket, order.getAndIncrement(), System.nanoTime()));
        return ticket;
    }

    static List<AnswerEvent> read(Ticket ticket) throws InterruptedException {
        List<AnswerEvent> events = new ArrayList<>();
        do {
            events.add(ticket.next());
        } while (!(events.getLast() instanceof AnswerEvent.Done || events.getLast() instanceof AnswerEvent.Failed));
        return events;
    }

    static String text(List<AnswerEvent> events, int choice) {
        StringBuilder text = new StringBuilder();
        for (AnswerEvent event : events) {
            if (event instanceof AnswerEvent.Text part && part.choice() == choice) {
                text.append(part.text());
            }
        }
        return text.toString();
    }

    String answer(Request request) throws InterruptedException {
        return text(read(submit(request)), 0);
    }

    static AnswerEvent.Done done(List<AnswerEvent> events) {
        if (events.getLast() instanceof AnswerEvent.Done done) {
            return done;
        }
        throw new AssertionError("no answer: " + events.getLast());
    }

    @Override
    public void close() throws InterruptedException {
        loop.stop();
        if (!thread.join(Duration.ofSeconds(30))) {
            throw new IllegalStateException("the decode loop does not stop");
        }
        embedder.close();
        context.close();
        adapters.close();
        placeholder.close();
        table.close();
        model.close();
    }
}
