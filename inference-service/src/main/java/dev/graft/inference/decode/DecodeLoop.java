package dev.graft.inference.decode;

import static java.util.Objects.requireNonNull;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Served;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.admission.AdmissionQueue;
import dev.graft.inference.admission.AdmissionQueue.Begin;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.RunningLabelMeans;
import dev.graft.inference.observe.EngineMetrics;
import dev.graft.inference.prefix.Cells;
import dev.graft.inference.prefix.PrefixCache;
import dev.graft.inference.prefix.SequenceNumbers;
import dev.graft.inference.request.Request;
import dev.graft.inference.schedule.Scheduler;
import dev.graft.inference.schedule.Sequence;
import dev.graft.inference.schedule.StepPlan;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches llama.cpp. Each round: what nobody waits for any more goes, what waits begins while slots and cells last, one step is
 * planned, computed, and its rows are read.
 */
final class DecodeLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DecodeLoop.class);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final AdmissionQueue queue;
    private final LlamaContext context;
    private final AdapterSlots adapters;
    private final SlotTable slots;
    private final Embedder embedder;
    private final TokenTexts texts;
    private final Served served;
    private final EngineMetrics metrics;
    private final Scheduler scheduler;
    private final StepBatch batch;
    private final ThreadGovernor governor;
    private final BusyCores cores = new BusyCores();
    /** Nothing was computed since the last step. */
    private boolean rested = true;

    private final PromptCells.Kv kv;
    private final ClassifyJob.Memory memory = new ClassifyJob.Memory(new PriorScores(), new RunningLabelMeans());
    private final List<Job> jobs = new ArrayList<>();
    private volatile int cellsUsed;
    private volatile boolean stopped;

    /** @param embedder in a context of its own, on the same thread */
    DecodeLoop(
            AdmissionQueue queue,
            LlamaContext context,
            AdapterSlots adapters,
            SlotTable slots,
            Embedder embedder,
            EngineOptions options,
            TokenTexts texts,
            Served served,
            EngineMetrics metrics) {
        this.queue = queue;
        this.context = context;
        this.adapters = adapters;
        this.slots = slots;
        this.embedder = embedder;
        this.texts = texts;
        this.served = served;
        this.metrics = metrics;
        this.scheduler = new Scheduler(
                options.batchTokens(), options.prefillTokens(), options.mixedTokens(), options.burstTokens());
        adapters.onRead(queue::wake);
        this.batch = new StepBatch(options.batchTokens());
        this.governor = new ThreadGovernor(options.threads());
        SequenceNumbers numbers = new SequenceNumbers(LlamaBatch.MAX_SEQUENCES);
        Cells cells = new LlamaCells(context);
        PrefixCache prefixes = new PrefixCache(cells, numbers, options.prefixCells());
        this.kv = new PromptCells.Kv(
                new KvPool(options.cells(), numbers, prefixes), numbers, prefixes, cells, new ArrayList<>());
    }

    int cellsUsed() {
        return cellsUsed;
    }

    /** Ends the loop after the step that is under way. */
    void stop() {
        stopped = true;
        queue.wake();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                round();
            }
        } catch (InterruptedException e) {
            LOG.warn("the decode thread was interrupted");
            Thread.currentThread().interrupt();
        } finally {
            failAll(Fault.capacity("stopped", "this instance has stopped: send it to another"));
            batch.close();
        }
    }

    private void round() throws InterruptedException {
        adapters.free(slots);
        dropHopeless();
        startWaiting();
        if (jobs.isEmpty()) {
            awaitWork();
            rested = true;
            return;
        }
        try {
            step();
            stepEmbeddings();
        } catch (RuntimeException e) {
            LOG.error("a decode step failed; its requests are given up", e);
            failAll(Fault.internal(
                    "decode_failed", "send it again; if it fails again, see the service's log: " + e.getMessage()));
        }
        endJobs();
        cellsUsed = kv.pool().used();
    }

    private void dropHopeless() {
        Instant now = Instant.now();
        for (Submission gone : queue.drop(s -> s.ticket().cancelled() || s.expired(now))) {
            gone.ticket().emit(new AnswerEvent.Failed(whyDropped(gone)));
        }
        for (Job job : jobs) {
            Submission submission = job.submission();
            if (submission.ticket().cancelled() || submission.expired(now)) {
                job.fail(whyDropped(submission));
            }
        }
        endJobs();
    }

    private static Fault whyDropped(Submission submission) {
        return submission.ticket().cancelled()
                ? Fault.ended("cancelled", "its sender withdrew it")
                : Fault.ended("deadline_exceeded", "its deadline passed: allow more time, or ask for fewer tokens");
    }

    private void startWaiting() {
        List<Job> begun = new ArrayList<>();
        while (queue.start(submission -> begin(submission, begun)).isPresent()) {
            begun.getLast().submission().ticket().begin();
        }
        if (queue.running() < queue.slots()) {
            adapters.endRound();
        }
        jobs.addAll(begun);
        jobs.sort(Comparator.comparingInt(
                        (Job job) -> -job.submission().request().terms().priority())
                .thenComparingLong(job -> job.submission().order()));
    }

    /** Where requests wait and none could begin, an adapter is being read. */
    private void awaitWork() throws InterruptedException {
        if (queue.waiting() > 0) {
            queue.awaitChange(LOOK_AGAIN);
        } else {
            queue.awaitWork();
        }
    }

    /** Others go on while a request's adapter is read; for cells they wait in their order, or a long prompt might never begin. */
    private Begin begin(Submission submission, List<Job> begun) {
        Optional<AdapterRef> weights = submission.request().terms().weights();
        try {
            OptionalInt slot = adapters.pin(weights, slots);
            if (slot.isEmpty()) {
                return Begin.PASSED_OVER;
            }
            Optional<Job> job = begin(submission, slot.getAsInt());
            if (job.isEmpty()) {
                adapters.unpin(weights, slot.getAsInt());
                return Begin.NOT_YET;
            }
            begun.add(job.get());
        } catch (FaultException e) {
            begun.add(new RefusedJob(submission, e.fault()));
        }
        return Begin.BEGUN;
    }

    private Optional<Job> begin(Submission submission, int slot) {
        Served weights = submission
                .request()
                .terms()
                .weights()
                .map(adapter -> new Served(served.model(), adapter.name(), adapter.generation()))
                .orElse(served);
        return switch (submission.request()) {
            case Request.Generate generate -> GenerateJob.begin(submission, slot, generate, kv, texts, weights);
            case Request.Classify classify -> ClassifyJob.begin(submission, slot, classify, kv, weights, memory);
            case Request.Embed embed -> Optional.of(new EmbedJob(submission, embed, weights, embedder.size()));
        };
    }

    /** A lane, and whose it is. */
    private record Placed(Lane lane, Job job) {}

    private void step() {
        Map<Sequence, Placed> lanes = new HashMap<>();
        List<Sequence> sequences = new ArrayList<>();
        for (Job job : jobs) {
            for (Lane lane : job.lanes()) {
                lanes.put(lane.sequence(), new Placed(lane, job));
                sequences.add(lane.sequence());
            }
        }
        StepPlan plan = scheduler.plan(sequences);
        if (plan.isEmpty()) {
            return;
        }
        batch.clear();
        for (StepPlan.Part part : plan.parts()) {
            Placed placed = requireNonNull(lanes.get(part.sequence()));
            batch.of(placed.job());
            placed.lane().fill(batch, part.count());
        }
        long begin = System.nanoTime();
        compute();
        long nanos = System.nanoTime() - begin;
        for (StepPlan.Part part : plan.parts()) {
            count(part, requireNonNull(lanes.get(part.sequence())).job());
            part.sequence().advance(part.count());
        }
        batch.readRows(slots);
        metrics.onStep(batch.size(), nanos);
    }

    private void count(StepPlan.Part part, Job job) {
        if (part.sequence().decoding()) {
            metrics.onDecode(job.weights(), part.count());
        } else {
            metrics.onPrefill(job.weights(), part.tokens());
        }
    }

    /** Who comes to work where others are at it begins with one thread: no step of all threads must be the first to meet them. */
    private void compute() {
        boolean careful = rested && cores.taken();
        rested = false;
        context.useThreads(careful ? 1 : governor.threads());
        long begin = System.nanoTime();
        batch.decode(slots);
        long end = System.nanoTime();
        if (!careful) {
            governor.measured(batch.size(), end - begin, end);
        }
    }

    private void stepEmbeddings() {
        for (Job job : jobs) {
            if (job instanceof EmbedJob embed && !embed.ended()) {
                step(embed);
                return;
            }
        }
    }

    /** What goes wrong here is this text's affair alone. */
    private void step(EmbedJob embed) {
        try {
            embed.step(embedder, governor.threads());
        } catch (LlamaException e) {
            LOG.error("an embedding failed", e);
            embed.fail(Fault.internal("embedding_failed", String.valueOf(e.getMessage())));
        }
    }

    private void endJobs() {
        jobs.removeIf(job -> {
            if (job.ended()) {
                int prompt = job.submission().request().prompt().length();
                metrics.onPrefix(job.weights(), job.cached(), prompt - job.cached());
                job.release();
                adapters.unpin(job.weights(), job.slot());
                queue.ended();
            }
            return job.ended();
        });
    }

    private void failAll(Fault fault) {
        jobs.forEach(job -> job.fail(fault));
        endJobs();
        if (stopped) {
            queue.drop(s -> true).forEach(s -> s.ticket().emit(new AnswerEvent.Failed(fault)));
        }
    }
}
