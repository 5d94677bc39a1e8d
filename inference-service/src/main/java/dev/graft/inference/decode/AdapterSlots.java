package dev.graft.inference.decode;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.AdapterStore;
import dev.graft.inference.adapter.files.FileThreads;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.LlamaException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters that this instance may compute with. As many as there are slots are in memory; the others are files, and come in with the first request
 * that names them, in the place of the least recently used that nobody computes with.
 *
 * <p>Files are read by whoever asks, not by the decode thread. That thread alone puts weights into slots and takes them out, between two steps: with
 * Graft's kernels a pointer each time; {@code docs/adapters.md} tells of the other ways.
 */
@Singleton
public final class AdapterSlots implements AdapterStore {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterSlots.class);

    private final AdapterReader reader;
    private final CheckedFiles files;
    private final SlotMeters metrics;
    private final int count;
    private final Executor threads;
    private final List<Runnable> readListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<AdapterRef>> losses = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<AdapterRef, KnownAdapter> adapters = new HashMap<>();
    private final Map<Integer, KnownAdapter> bySlot = new HashMap<>();
    /** Weights that no slot may have any more, for the decode thread to free. */
    private final List<AdapterWeights> toFree = new ArrayList<>();

    private long clock;
    private long round = 1;

    @Inject
    public AdapterSlots(InferenceSettings settings, SlotMeters metrics, FileThreads threads) {
        this(
                new AdapterReader(
                        facts(settings.model().file()),
                        Precision.valueOf(settings.adapters().precision().name()),
                        settings.adapters().rank()),
                metrics,
                Math.max(settings.adapters().slots(), settings.llama().slots()),
                threads.executor());
    }

    /**
     * @param count at least as many as requests are computed at the same time, so that none has to wait for a slot
     * @param threads read files that are not in memory
     */
    AdapterSlots(AdapterReader reader, SlotMeters metrics, int count, Executor threads) {
        this.reader = reader;
        this.files = new CheckedFiles(reader, metrics);
        this.metrics = metrics;
        this.count = count;
        this.threads = threads;
        metrics.watch(count, this::inMemory);
    }

    private static LlamaModelFile facts(Path file) {
        try {
            return LlamaModelFile.check(GgufFile.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model file " + file, e);
        }
    }

    /** All that could begin has begun: what no request asked for since the last time is no longer awaited. On the decode thread. */
    void endRound() {
        lock.lock();
        try {
            adapters.values().stream()
                    .filter(adapter -> adapter.awaitedIn < round)
                    .forEach(adapter -> adapter.awaitedIn = 0);
            round++;
        } finally {
            lock.unlock();
        }
    }

    /** Calls this whenever a file was read, on a thread of its own. */
    void onRead(Runnable listener) {
        readListeners.add(listener);
    }

    AdapterReader reader() {
        return reader;
    }

    int count() {
        return count;
    }

    @Override
    public void load(AdapterRef ref, Path file) {
        if (loaded().contains(ref)) {
            return;
        }
        CheckedFiles.First read = files.read(file);
        KnownAdapter adapter = new KnownAdapter(ref, file, read.stamp());
        AdapterWeights weights = read.weights();
        lock.lock();
        try {
            adapters.values().removeIf(known -> known.lost && known.ref.equals(ref));
            boolean hasRoom = inMemoryNow() < count; // else it waits on disk
            if (adapters.putIfAbsent(ref, adapter) == null && hasRoom) {
                adapter.weights = weights;
                adapter.lastUse = ++clock;
            } else {
                weights.close();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unload(AdapterRef ref) {
        lock.lock();
        try {
            KnownAdapter adapter = adapters.remove(ref);
            if (adapter != null) {
                adapter.unloaded = true;
                leaveIfUnused(adapter);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<AdapterRef> loaded() {
        lock.lock();
        try {
            return adapters.values().stream()
                    .filter(adapter -> !adapter.lost)
                    .map(adapter -> adapter.ref)
                    .collect(Collectors.toUnmodifiableSet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onLoss(Consumer<AdapterRef> listener) {
        losses.add(listener);
    }

    private int inMemory() {
        lock.lock();
        try {
            return inMemoryNow();
        } finally {
            lock.unlock();
        }
    }

    /** Those that were unloaded while requests compute with them count, too. */
    private int inMemoryNow() {
        return (int) Stream.concat(adapters.values().stream(), bySlot.values().stream())
                .filter(adapter -> adapter.weights != null)
                .distinct()
                .count();
    }

    /** A request for these weights is on its way: they are read meanwhile, where they are on disk and there is room. Does not block. */
    void prepare(AdapterRef ref) {
        lock.lock();
        try {
            KnownAdapter adapter = adapters.get(ref);
            if (adapter != null && adapter.weights == null && !adapter.lost) {
                expect(adapter);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A request waits for these weights: they are read, where they are on disk, and stay until it has them. No more are awaited than there is room for
     * beside those that requests compute with; the others' turn comes when these have begun. Does not block.
     */
    private void expect(KnownAdapter adapter) {
        if (adapter.awaitedIn == 0
                && adapters.values().stream().filter(KnownAdapter::needed).count() >= count) {
            return;
        }
        adapter.awaitedIn = round;
        if (adapter.weights == null && !adapter.reading) {
            threads.execute(() -> readIn(adapter)); // it ends with the lock, so not before the next line
            adapter.reading = true;
        }
    }

    /** Whatever goes wrong, it is no longer being read: or its requests would wait for ever. */
    private void readIn(KnownAdapter adapter) {
        CheckedFiles.Again reread = files.readAgain(adapter.ref, adapter.file, adapter.stamp);
        lock.lock();
        try {
            adapter.reading = false;
            adapter.weights = reread.weights();
            adapter.fault = reread.fault();
            adapter.stamp = reread.stamp();
            adapter.lost = reread.lost();
            adapter.lastUse = ++clock;
            makeRoom();
            if (adapter.unloaded) {
                leaveIfUnused(adapter);
            }
        } finally {
            lock.unlock();
        }
        readListeners.forEach(Runnable::run);
        if (reread.lost()) {
            tellLoss(adapter);
        }
    }

    /** Without the lock: who is told may ask for it. */
    private void tellLoss(KnownAdapter adapter) {
        LOG.warn("{} is not the file any more that was loaded for {}", adapter.file, adapter.ref);
        losses.forEach(listener -> listener.accept(adapter.ref));
    }

    /** No more are in memory than there are slots, but for those that requests wait for. */
    private void makeRoom() {
        Optional<KnownAdapter> oldest = Optional.empty();
        do {
            oldest = inMemoryNow() > count ? oldestUnused(_ -> true) : Optional.empty();
            oldest.ifPresent(this::evict);
        } while (oldest.isPresent());
    }

    private Optional<KnownAdapter> oldestUnused(Predicate<KnownAdapter> which) {
        return adapters.values().stream()
                .filter(adapter -> adapter.weights != null && !adapter.needed())
                .filter(which)
                .min(Comparator.comparingLong(adapter -> adapter.lastUse));
    }

    private void evict(KnownAdapter adapter) {
        leave(adapter);
        metrics.evicted();
    }

    /**
     * The slot that has these weights from the next step on, and keeps them until {@link #unpin}; 0 for the base alone, empty while they are read. On the
     * decode thread.
     *
     * @throws FaultException where they can't be had any more
     */
    OptionalInt pin(Optional<AdapterRef> weights, SlotTable table) {
        if (weights.isEmpty()) {
            return OptionalInt.of(0);
        }
        lock.lock();
        try {
            KnownAdapter adapter = adapters.get(weights.get());
            if (adapter == null) {
                throw new FaultException(
                        Fault.input("model_not_found", "model", weights.get(), "is not served any more"));
            }
            if (adapter.lost) {
                throw lost(adapter);
            }
            if (adapter.fault != null) {
                Fault fault = adapter.fault;
                adapter.fault = null; // the next request tries again
                throw new FaultException(fault);
            }
            if (!hasSlot(adapter, table)) {
                expect(adapter);
                return OptionalInt.empty();
            }
            adapter.awaitedIn = 0;
            adapter.pins++;
            adapter.lastUse = ++clock;
            return OptionalInt.of(adapter.slot);
        } finally {
            lock.unlock();
        }
    }

    private static FaultException lost(KnownAdapter adapter) {
        return new FaultException(Fault.capacity(
                "adapter_loading", "the file of " + adapter.ref + " was lost here and is fetched again: try again"));
    }

    /** Gives it a slot where it has none: a free one, or that of the least recently used. */
    private boolean hasSlot(KnownAdapter adapter, SlotTable table) {
        AdapterWeights weights = adapter.weights;
        if (adapter.slot > 0 || weights == null) {
            return adapter.slot > 0;
        }
        free(table);
        OptionalInt slot = freeSlot();
        if (slot.isEmpty()) {
            oldestUnused(unused -> unused.slot > 0).ifPresent(this::evict);
            free(table);
            slot = freeSlot();
        }
        slot.ifPresent(number -> {
            put(number, adapter, weights, table);
            adapter.slot = number;
            bySlot.put(number, adapter);
        });
        return slot.isPresent();
    }

    /** Where that fails it is this request's affair alone, and the next one tries again. */
    private void put(int number, KnownAdapter adapter, AdapterWeights weights, SlotTable table) {
        if (table.opens(adapter.file) && !CheckedFiles.unchanged(adapter.file, adapter.stamp)) {
            leave(adapter);
            adapter.lost = true;
            threads.execute(() -> tellLoss(adapter));
            throw lost(adapter);
        }
        try {
            table.put(number, weights, adapter.file);
        } catch (LlamaException | IllegalArgumentException e) {
            LOG.error("{} can't be put into slot {}", adapter.ref, number, e);
            throw new FaultException(
                    Fault.internal("adapter_file", adapter.ref + " can't be computed with: " + e.getMessage()), e);
        }
    }

    private OptionalInt freeSlot() {
        return IntStream.rangeClosed(1, count)
                .filter(slot -> !bySlot.containsKey(slot))
                .findFirst();
    }

    /** Its weights go; they are freed when no slot points to them. */
    private void leave(KnownAdapter adapter) {
        if (adapter.weights != null) {
            toFree.add(adapter.weights);
            adapter.weights = null;
        }
        adapter.slot = 0;
    }

    private void leaveIfUnused(KnownAdapter adapter) {
        if (adapter.pins == 0 && !adapter.reading) {
            leave(adapter);
        }
    }

    /** A request that was computed with these weights is over. On the decode thread. */
    void unpin(Optional<AdapterRef> weights, int slot) {
        if (slot == 0) {
            return;
        }
        lock.lock();
        try {
            KnownAdapter adapter = bySlot.get(slot);
            if (weights.isEmpty() || adapter == null || !adapter.ref.equals(weights.get()) || adapter.pins == 0) {
                throw new IllegalStateException("slot " + slot + " was not pinned for " + weights);
            }
            adapter.pins--;
            if (adapter.unloaded) {
                leaveIfUnused(adapter);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Frees what no slot needs any more. On the decode thread, between two steps. */
    void free(SlotTable table) {
        lock.lock();
        try {
            if (toFree.isEmpty()) {
                return;
            }
            bySlot.entrySet().removeIf(held -> {
                boolean left = held.getValue().slot != held.getKey();
                if (left) {
                    table.clear(held.getKey());
                }
                return left;
            });
            toFree.forEach(AdapterWeights::close);
            toFree.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Frees all weights. The context must be closed. */
    void close() {
        lock.lock();
        try {
            adapters.values().forEach(this::leave);
            bySlot.values().forEach(this::leave);
            toFree.forEach(AdapterWeights::close);
            toFree.clear();
        } finally {
            lock.unlock();
        }
    }
}
