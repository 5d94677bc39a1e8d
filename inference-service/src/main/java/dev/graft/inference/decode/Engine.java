package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.admission.AdmissionQueue;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.Ticket;
import dev.graft.inference.observe.EngineMetrics;
import dev.graft.inference.request.Draw;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Tokens;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.model.tokenizer.Tokenizer;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine: a queue, and the decode thread that loads the model, warms it up, and serves the queue until the service stops. */
@Singleton
public final class Engine implements Inference {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration DRAIN = Duration.ofSeconds(8);
    private static final int WARM_UP_TOKENS = 24;

    private final InferenceSettings settings;
    private final EngineMetrics metrics;
    private final AdapterSlots adapters;
    private final AdmissionQueue queue;
    private final TokenTexts texts;
    private final int firstToken;
    private final AtomicLong order = new AtomicLong();
    private volatile @Nullable DecodeLoop loop;
    private volatile boolean ready;
    private volatile String adapterPath = "not known before the model is loaded";
    private volatile @Nullable Thread thread;

    Engine(InferenceSettings settings, ModelText model, EngineMetrics metrics, AdapterSlots adapters) {
        this.settings = settings;
        this.metrics = metrics;
        this.adapters = adapters;
        this.queue =
                new AdmissionQueue(settings.llama().slots(), settings.limits().queue());
        this.texts = textsOf(model.tokenizer());
        this.firstToken = model.tokenizer().bos().orElse(0);
    }

    private static TokenTexts textsOf(Tokenizer tokenizer) {
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

    void start(@Observes StartupEvent event) {
        metrics.watchRequests(queue::running, queue::waiting);
        metrics.watchCells(
                () -> loop == null ? 0 : loop.cellsUsed(), settings.llama().contextTokens());
        thread = Thread.ofPlatform().name("graft-decode").start(this::serve);
        Thread.ofVirtual().name("graft-warm-up").start(this::warmUp);
    }

    private void serve() {
        try (LoadedModel model = LoadedModel.open(settings, queue, adapters, texts, metrics)) {
            loop = model.loop();
            adapterPath = model.adapterPath();
            model.loop().run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("the model can't be served, the service stops: {}", e.getMessage(), e);
            Quarkus.asyncExit(1);
        } finally {
            ready = false;
        }
    }

    /** A short answer: pages the weights in, and lets the thread governor measure. */
    private void warmUp() {
        Draw greedy = new Draw(WARM_UP_TOKENS, 0, 0, 1, 0, 1, 0, 0, 0, 0, List.of(), Map.of());
        Request request =
                new Request.Generate("warm-up", Terms.USUAL, Tokens.of(firstToken), greedy, 1, Optional.empty(), false);
        try (Answer answer = submit(request)) {
            AnswerEvent event = answer.next();
            while (!(event instanceof AnswerEvent.Done || event instanceof AnswerEvent.Failed)) {
                event = answer.next();
            }
            ready = event instanceof AnswerEvent.Done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The service will stop soon: it says so, to whoever asks for readiness or for work, before its doors close. */
    void announce(@Observes ShutdownDelayInitiatedEvent event) {
        takeNoMore();
    }

    private void takeNoMore() {
        ready = false;
        queue.drain();
    }

    /** Before the doors close: what runs may end, nothing more begins. */
    void drain(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
        takeNoMore();
        long end = System.nanoTime() + DRAIN.toNanos();
        while (queue.running() > 0 && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        if (loop != null) {
            loop.stop();
        }
        if (thread != null) {
            thread.join(DRAIN);
        }
    }

    @Override
    public Answer submit(Request request) {
        checkFits(request);
        request.terms().weights().ifPresent(adapters::prepare);
        Ticket ticket = new Ticket(queue::wake);
        queue.add(new Submission(request, ticket, order.getAndIncrement(), System.nanoTime()));
        return ticket;
    }

    @Override
    public void checkRoom() {
        queue.checkRoom();
        if (!ready) {
            throw new FaultException(Fault.capacity("not_ready", "the model is being loaded: try again"));
        }
    }

    /** What could never begin must not wait. */
    private void checkFits(Request request) {
        int needed = switch (request) {
            case Request.Generate g -> g.prompt().length() + g.draw().maxTokens() * g.choices();
            case Request.Classify c -> needed(c);
            case Request.Embed e -> e.prompt().length();
        };
        int cells = settings.llama().contextTokens();
        if (needed > cells) {
            throw new FaultException(Fault.input(
                    "context_length_exceeded",
                    "",
                    needed + " tokens",
                    "prompt and answers together may have " + cells
                            + " tokens: shorten the prompt, or lower max_tokens or n"));
        }
    }

    private int needed(Request.Classify request) {
        LabelTrie trie = new LabelTrie(request.labels());
        int room = settings.llama().batchTokens() - 1;
        if (trie.computed().size() > room || trie.branches() > LabelTrie.MOST_BRANCHES) {
            throw new FaultException(Fault.input(
                    "labels_too_long",
                    "labels",
                    "%d tokens on %d branches".formatted(trie.computed().size(), trie.branches()),
                    "at most %d tokens on %d branches: use fewer or shorter labels, or labels that begin alike"
                            .formatted(room, LabelTrie.MOST_BRANCHES)));
        }
        int contentFree = request.contentFree().map(Tokens::length).orElse(0);
        return request.prompt().length() + contentFree + 2 * trie.computed().size();
    }

    @Override
    public int freeSlots() {
        return ready ? queue.freeSlots() : 0;
    }

    @Override
    public String adapterPath() {
        return adapterPath;
    }

    @Override
    public boolean ready() {
        return ready;
    }
}
